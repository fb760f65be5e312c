// Maps to move in.  That of everything has sliders that change it at once; that of a search shows the places
// its articles name (GeoJSON).  Without scripts the server draws both, and the form of the first asks it.
(function () {
  "use strict";

  var host = document.getElementById("map");
  var form = document.getElementById("slider");
  var list = document.getElementById("places");
  var shown = document.getElementById("years-shown");
  var play = document.getElementById("play");
  if (!host || !window.L) { return; }
  var inLang = host.dataset.lang;
  var dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  var style = getComputedStyle(document.documentElement);
  var places = [];
  var layer = null;
  var names = null;
  var last = [];
  var map = null;
  var timer = 0;

  function colour(name) { return style.getPropertyValue(name).trim(); }

  function nameOf(place) {
    return (inLang === "zh" ? place.zh || place.en : place.en || place.zh) || "";
  }

  function begin() {
    host.textContent = "";
    host.classList.add("live");
    host.setAttribute("role", "region");
    host.setAttribute("aria-label", host.dataset.label);
    // Canvas: a thousand markers are no elements to step through; the list below has them all as links.
    map = L.map(host, {
      preferCanvas: true, minZoom: 1, maxZoom: 12, worldCopyJump: true, zoomControl: false,
      attributionControl: Boolean(host.dataset.tiles)
    }).setView([28, 95], 3);
    L.control.zoom({ zoomInTitle: host.dataset.zoomIn, zoomOutTitle: host.dataset.zoomOut }).addTo(map);
    layer = L.layerGroup().addTo(map);
    names = L.layerGroup().addTo(map);
    map.on("zoomend", function () { label(last); });
    if (host.dataset.tiles) {
      L.tileLayer(host.dataset.tiles, { className: dark ? "dark" : "" }).addTo(map);
      return Promise.resolve();
    }
    return fetch(host.dataset.land)
      .then(function (r) { return r.ok ? r.json() : null; })
      .then(function (world) {
        if (!world || !window.topojson) { return; }
        L.geoJSON(datelineLand(topojson.feature(world, world.objects.land), [-360, 0, 360]), {
          interactive: false,
          style: { color: colour("--coast"), weight: 0.8, fillColor: colour("--land"), fillOpacity: 1 }
        }).addTo(map);
      })
      .catch(function () { /* the graticule and the places are enough */ });
  }

  function asked() {
    var a = Number(form.elements.from.value);
    var b = Number(form.elements.to.value);
    return { from: Math.min(a, b), to: Math.max(a, b), what: form.elements.what.value };
  }

  function count(years, from, to) {
    return years.reduce(function (sum, y) { return y[0] >= from && y[0] <= to ? sum + y[1] : sum; }, 0);
  }

  // Circles for [place, number], the largest first.
  function circles(counted) {
    var most = counted.length ? counted[0][1] : 1;
    last = counted;
    layer.clearLayers();
    counted.forEach(function (c) {
      L.circleMarker([c[0].lat, c[0].lon], {
        radius: radius(c[1], most), weight: 1, color: colour("--card"),
        fillColor: colour("--place"), fillOpacity: 0.75
      }).bindTooltip(nameOf(c[0]) + " · " + c[1])
        .on("click", function () { location.href = c[0].page; })
        .addTo(layer);
    });
    label(counted);
  }

  function draw() {
    var now = asked();
    var counted = places.map(function (p) { return [p, count(p[now.what], now.from, now.to)]; })
      .filter(function (c) { return c[1] > 0; })
      .sort(function (a, b) { return b[1] - a[1]; });
    circles(counted);
    shown.textContent = now.from + "–" + now.to;
    form.elements.from.setAttribute("aria-valuetext", now.from);
    form.elements.to.setAttribute("aria-valuetext", now.to);
    list.textContent = "";
    counted.slice(0, 120).forEach(function (c) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      var n = document.createElement("span");
      link.className = "entity place";
      link.href = c[0].page;
      link.textContent = nameOf(c[0]);
      n.className = "n";
      n.textContent = " " + c[1];
      item.append(link, n);
      list.appendChild(item);
    });
    return now;
  }

  function radius(n, most) { return Math.max(4, 22 * Math.sqrt(n / most)); }

  // Names beside the largest circles, where there is room for them.
  function label(counted) {
    var taken = [];
    names.clearLayers();
    counted.slice(0, 40).some(function (c) {
      var at = map.latLngToContainerPoint([c[0].lat, c[0].lon]);
      var name = nameOf(c[0]);
      var beside = radius(c[1], counted[0][1]);
      var wide = beside + name.length * (/[\u3400-\u9fff]/.test(name) ? 14 : 7) + 24;
      var free = taken.every(function (t) {
        return at.x + wide < t.x || t.x + t.wide < at.x || Math.abs(at.y - t.y) > 18;
      });
      if (!free) { return false; }
      taken.push({ x: at.x, y: at.y, wide: wide });
      L.tooltip([c[0].lat, c[0].lon], {
        content: document.createTextNode(name), permanent: true, direction: "right", className: "name", offset: [Math.max(6, beside - 4), 0]
      }).addTo(names);
      return taken.length === 12;
    });
  }

  function remember(now) {
    // A stable address for what is shown, without a load.
    var query = new URLSearchParams();
    if (now.what !== "articles") { query.set("what", now.what); }
    if (now.from > Number(form.dataset.first)) { query.set("from", now.from); }
    if (now.to < Number(form.dataset.last)) { query.set("to", now.to); }
    history.replaceState(null, "", "/map" + (query.toString() ? "?" + query : ""));
    document.querySelectorAll(".exports a[download], .exports a[type]").forEach(function (a) {
      a.href = a.getAttribute("href").split("?")[0] + (query.toString() ? "?" + query : "");
    });
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.setAttribute("aria-pressed", "false");
  }

  function step() {
    var first = Number(form.dataset.first);
    var last = Number(form.dataset.last);
    var now = asked();
    var wide = now.to - now.from;
    if (now.to >= last) { stop(); return; }
    form.elements.from.value = Math.max(first, now.from + 1);
    form.elements.to.value = Math.min(last, now.from + 1 + wide);
    remember(draw());
  }

  // The places of a search: all of them in view, each leading to the articles found that name it.
  function drawFound(collection) {
    var counted = collection.features.map(function (f) {
      var p = f.properties;
      var search = host.dataset.search;
      return [{
        lat: f.geometry.coordinates[1], lon: f.geometry.coordinates[0], zh: p.zh, en: p.en,
        page: search + (search.indexOf("?") < 0 ? "?" : "&") + "entity=" + encodeURIComponent(p.entity)
      }, p.articles];
    });
    // Most of them decide what is shown first: a single far place would make all the others small.
    var near = counted.slice(0, Math.max(5, Math.ceil(counted.length * 0.8)));
    map.fitBounds(L.latLngBounds(near.map(function (c) { return [c[0].lat, c[0].lon]; })),
      { maxZoom: 6, padding: [24, 24], animate: false });
    circles(counted);
  }

  function load() {
    return fetch(host.dataset.source)
      .then(function (r) { if (!r.ok) { throw new Error(r.status); } return r.json(); });
  }

  if (!form) {
    load().then(function (found) {
      return begin().then(function () { drawFound(found); host.dataset.ready = "yes"; });
    }).catch(function () { /* the map that the server drew stays */ });
    return;
  }

  form.addEventListener("input", function () { draw(); });
  form.addEventListener("change", function () { remember(draw()); });
  form.addEventListener("submit", function (e) { e.preventDefault(); remember(draw()); });
  play.addEventListener("click", function () {
    if (timer) { stop(); return; }
    var now = asked();
    if (now.to >= Number(form.dataset.last)) {
      form.elements.from.value = form.dataset.first;
      form.elements.to.value = Number(form.dataset.first) + Math.min(2, now.to - now.from);
      draw();
    }
    play.setAttribute("aria-pressed", "true");
    timer = setInterval(step, 700);
  });

  load()
    .then(function (found) {
      places = found;
      return begin().then(function () { play.hidden = false; form.querySelector("button:not([type])").hidden = true; draw(); host.dataset.ready = "yes"; });
    })
    .catch(function () { /* the map that the server drew stays */ });
})();
