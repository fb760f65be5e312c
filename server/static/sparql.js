// The query page with scripts: YASGUI, completion from the data's own terms and names, answers on a map.
(function () {
  "use strict";

  var host = document.getElementById("yasgui");
  var form = document.getElementById("ask");
  if (!host || !form || !window.Yasgui) { return; }
  // The bundle is a module object in some versions and the class itself in others.
  var Yasgui = window.Yasgui.default || window.Yasgui.Yasgui || window.Yasgui;
  var Yasqe = Yasgui.Yasqe;
  var Yasr = Yasgui.Yasr;
  var WKT = "http://www.opengis.net/ont/geosparql#wktLiteral";
  var LONGEST = 8000;  // characters of an address that the server takes
  var terms = { prefixes: {}, classes: [], properties: [] };
  var words = host.dataset.lang === "zh"
    ? { map: "地图", line: "第 {line} 行第 {column} 列", ends: "查询不完整" }
    : { map: "Map", line: "Line {line}, column {column}", ends: "the query ends too soon" };

  // --- completion --------------------------------------------------------------------------------

  function registerPrefixes() {
    var like = Yasqe.Autocompleters.prefixes;
    Yasqe.forkAutocompleter("prefixes", {
      name: "dateline-prefixes",
      persistenceId: null,
      onInitialize: like.onInitialize,
      get: function () {
        return Object.keys(terms.prefixes).map(function (p) { return p + ": <" + terms.prefixes[p] + ">"; });
      }
    });
  }

  function named(text) {
    return fetch("/complete?q=" + encodeURIComponent(text)).then(function (r) { return r.ok ? r.json() : []; });
  }

  // Terms, concepts and names, as complete.js finds them; the one that is taken brings its prefix along.
  function registerTerms() {
    var completer = datelineCompleter(terms, host.dataset.lang, host.dataset.entities ? named : null);
    function place(yasqe) {
      var doc = yasqe.getDoc();
      return completer.at(doc.getValue(), doc.indexFromPos(doc.getCursor()));
    }
    var shown = {};
    Yasqe.registerAutocompleter({
      name: "dateline-terms",
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: function (yasqe) { return Boolean(place(yasqe).kind); },
      preProcessToken: function (yasqe, token) {
        var here = place(yasqe);
        var end = yasqe.getDoc().getCursor().ch;
        token.place = here;
        token.autocompletionString = here.word;
        token.from = { ch: end - here.word.length };
        token.to = { ch: end };
        return token;
      },
      get: function (yasqe, token) {
        return completer.suggest(token.place).then(function (found) {
          shown = {};
          found.forEach(function (one) { shown[one.text] = one; });
          return found.map(function (one) { return one.text; });
        });
      },
      postprocessHints: function (yasqe, hints) {
        hints.forEach(function (hint) {
          var one = shown[hint.text];
          if (!one) { return; }
          hint.render = function (row) {
            var said = document.createElement("span");
            said.className = "said";
            said.textContent = one.label;
            row.append(hint.text, " ", said);
          };
          hint.hint = function (editor, data, taken) {
            editor.replaceRange(taken.text, taken.from || data.from, taken.to || data.to, "complete");
            if (one.prefix) {
              var prefix = {};
              prefix[one.prefix] = terms.prefixes[one.prefix];
              yasqe.addPrefixes(prefix);
            }
          };
        });
        return hints;
      }
    });
  }

  // --- what the things in a table are called -----------------------------------------------------

  var called = {};
  var LABELLED = "rdfs:label|schema:headline|dl:surface|dl:trigger";

  function fromTerms() {
    ["classes", "properties", "concepts"].forEach(function (list) {
      (terms[list] || []).forEach(function (t) { called[t.iri] = t[host.dataset.lang] || t.en || ""; });
    });
  }

  // The names of IRIs of this graph; "" for those that have none, so that nobody asks again.
  function learn(iris) {
    if (!iris.length) { return Promise.resolve(); }
    var query = "SELECT ?thing ?name { VALUES ?thing { <" + iris.join("> <") + "> } ?thing " + LABELLED + " ?name }";
    return fetch("/sparql", {
      method: "POST",
      headers: { Accept: "application/sparql-results+json" },
      body: new URLSearchParams({ query: query, timeout: 5 })
    })
      .then(function (r) { return r.ok ? r.json() : { results: { bindings: [] } }; })
      .then(function (found) {
        var ours = {};
        iris.forEach(function (iri) { called[iri] = ""; });
        found.results.bindings.forEach(function (row) {
          var iri = row.thing.value;
          var fits = row.name["xml:lang"] === host.dataset.lang;
          if (!called[iri] || (fits && !ours[iri])) { called[iri] = row.name.value; }
          ours[iri] = ours[iri] || fits;
        });
      })
      .catch(function () { /* the IRIs are enough */ });
  }

  function nameLinks(results) {
    var base = terms.prefixes.entity.replace(/entity\/$/, "");
    var links = Array.from(results.querySelectorAll("td a.iri:not([data-named])"));
    var unknown = {};
    links.forEach(function (link) {
      link.dataset.named = "";
      var iri = link.getAttribute("href");
      if (!(iri in called) && iri.indexOf(base) === 0 && /^[^\s<>"{}|^`\\]*$/.test(iri)) { unknown[iri] = true; }
    });
    if (!links.length) { return; }
    learn(Object.keys(unknown).slice(0, 300)).then(function () {
      links.forEach(function (link) {
        var name = called[link.getAttribute("href")];
        if (!name) { return; }
        var said = document.createElement("span");
        said.className = "said";
        said.textContent = name;
        link.parentNode.append(said);
      });
    });
  }

  function watch(yasr) {
    if (!host.dataset.entities) { return; }
    new MutationObserver(function () { nameLinks(yasr.resultsEl); })
      .observe(yasr.resultsEl, { childList: true, subtree: true });
  }

  // --- answers on a map --------------------------------------------------------------------------

  function numbers(text) {
    return text.split(",").map(function (pair) {
      var xy = pair.trim().split(/\s+/).map(Number);
      return [xy[0], xy[1]];
    });
  }

  // A WKT literal as GeoJSON; null where it is of a kind that is not drawn.
  function geometry(wkt) {
    var text = wkt.replace(/^\s*<[^>]*>\s*/, "").trim();
    var match = /^(POINT|MULTIPOINT|LINESTRING|POLYGON|MULTIPOLYGON)\s*Z?\s*\((.*)\)$/i.exec(text);
    if (!match) { return null; }
    var inner = match[2];
    function rings(body) { return body.split(/\)\s*,\s*\(/).map(function (r) { return numbers(r.replace(/[()]/g, "")); }); }
    switch (match[1].toUpperCase()) {
      case "POINT": return { type: "Point", coordinates: numbers(inner)[0] };
      case "MULTIPOINT": return { type: "MultiPoint", coordinates: numbers(inner.replace(/[()]/g, "")) };
      case "LINESTRING": return { type: "LineString", coordinates: numbers(inner) };
      case "POLYGON": return { type: "Polygon", coordinates: rings(inner) };
      default: return { type: "MultiPolygon", coordinates: inner.split(/\)\)\s*,\s*\(\(/).map(rings) };
    }
  }

  function MapPlugin(yasr) {
    this.yasr = yasr;
    this.priority = 5;
    this.label = words.map;
    this.hideFromSelection = false;
  }
  MapPlugin.prototype.rows = function () {
    var found = [];
    var results = this.yasr.results;
    var bindings = results && results.getBindings && results.getBindings();
    (bindings || []).forEach(function (row) {
      Object.keys(row).forEach(function (name) {
        if (row[name] && row[name].datatype === WKT) {
          var shape = geometry(row[name].value);
          if (shape) { found.push({ shape: shape, row: row, name: name }); }
        }
      });
    });
    return found;
  };
  MapPlugin.prototype.canHandleResults = function () { return Boolean(window.L) && this.rows().length > 0; };
  MapPlugin.prototype.getIcon = function () {
    var icon = document.createElement("div");
    icon.setAttribute("aria-hidden", "true");
    icon.innerHTML = '<svg viewBox="0 0 16 16" width="16" height="16" fill="currentColor"><path d="M8 0a5 5 0 0 0-5 5c0 4 5 11 5 11s5-7 5-11a5 5 0 0 0-5-5zm0 7a2 2 0 1 1 0-4 2 2 0 0 1 0 4z"/></svg>';
    return icon;
  };
  MapPlugin.prototype.draw = function () {
    var place = document.createElement("div");
    place.className = "wkt-map";
    this.yasr.resultsEl.textContent = "";
    this.yasr.resultsEl.appendChild(place);
    var map = L.map(place, { preferCanvas: true, attributionControl: Boolean(host.dataset.tiles) }).setView([28, 105], 3);
    var shown = L.featureGroup();
    this.rows().forEach(function (one) {
      L.geoJSON(one.shape, {
        pointToLayer: function (feature, at) { return L.circleMarker(at, { radius: 6, weight: 1, color: "#155e4b", fillOpacity: 0.6 }); }
      }).bindPopup(described(one.row, one.name)).addTo(shown);
    });
    if (host.dataset.tiles) { L.tileLayer(host.dataset.tiles).addTo(map); } else { drawLand(map); }
    shown.addTo(map);
    map.fitBounds(shown.getBounds().pad(0.2), { maxZoom: 6 });
  };

  function described(row, except) {
    var list = document.createElement("dl");
    Object.keys(row).forEach(function (name) {
      if (name === except || !row[name]) { return; }
      var term = document.createElement("dt");
      var value = document.createElement("dd");
      term.textContent = name;
      if (row[name].type === "uri" && /^https?:/.test(row[name].value)) {
        var link = document.createElement("a");
        link.href = row[name].value;
        link.textContent = row[name].value;
        value.appendChild(link);
      } else { value.textContent = row[name].value; }
      list.appendChild(term);
      list.appendChild(value);
    });
    return list;
  }

  function drawLand(map) {
    fetch(host.dataset.land)
      .then(function (r) { return r.ok ? r.json() : null; })
      .then(function (world) {
        if (!world || !window.topojson) { return; }
        L.geoJSON(datelineLand(topojson.feature(world, world.objects.land), [0]), {
          interactive: false,
          style: { color: "#b7b09f", weight: 0.8, fillColor: "#f7f2e6", fillOpacity: 1 }
        }).addTo(map).bringToBack();
      })
      .catch(function () { /* the places are enough */ });
  }

  // --- the editor --------------------------------------------------------------------------------

  function link(yasqe) { return location.origin + "/sparql?query=" + encodeURIComponent(yasqe.getValue()); }

  // A sentence in the reader's language, where the page knows it.
  var sayings = document.getElementById("sayings");
  sayings = sayings ? JSON.parse(sayings.textContent).map(function (pair) { return [new RegExp(pair[0], "s"), pair[1]]; }) : [];
  function spoken(text) {
    for (var n = 0; n < sayings.length; n += 1) {
      var found = sayings[n][0].exec(text);
      if (found) {
        var parts = found.groups || {};
        return sayings[n][1].replace(/\{(\w+)\}/g, function (whole, name) { return name in parts ? parts[name] : whole; });
      }
    }
    return text;
  }

  function explain(error) {
    var box = document.createElement("p");
    box.className = "answer-error";
    var told = error.text || error.statusText || "";
    try {
      var said = JSON.parse(told);
      told = spoken(said.error) + "\n" + spoken(said.remedy);
      if (said.line) {
        told = words.line.replace("{line}", said.line).replace("{column}", said.column) + ": " +
          (said.near ? "… " + said.near : words.ends) +
          "\n" + spoken(said.error.replace(/^error at \d+:\d+: /, "").slice(0, 400)) + "\n" + spoken(said.remedy);
      }
    } catch { /* not one of ours: as it came */ }
    box.textContent = (error.status ? error.status + " " : "") + told;
    return Promise.resolve(box);
  }

  // What each tab needs when it is first shown.  Its own link would have the query in it twice.
  function adopt(tab) {
    var yasqe = tab && tab.getYasqe();
    nameParts();
    if (!yasqe || yasqe.adopted) { return; }
    yasqe.adopted = true;
    yasqe.config.createShareableLink = link;
    // Who has no mouse leaves the editor as any other field; what is offered is still taken with Tab.
    yasqe.setOption("extraKeys", Object.assign({}, yasqe.getOption("extraKeys"), { "Tab": false, "Shift-Tab": false }));
    yasqe.on("query", function () {
      var address = link(yasqe);
      history.replaceState(null, "", address.length < LONGEST ? address : "/sparql");
    });
    watch(tab.getYasr());
  }

  // What the editor leaves without a name or a role for those who do not see it.
  function nameParts() {
    host.querySelectorAll(".CodeMirror textarea").forEach(function (field) {
      field.setAttribute("aria-label", form.querySelector("label[for=query]").textContent);
    });
    host.querySelectorAll(".CodeMirror-scroll").forEach(function (text) { text.tabIndex = 0; });
    host.querySelectorAll(".tabsList .addTab").forEach(function (button) {
      button.setAttribute("role", "tab");
      button.setAttribute("aria-selected", "false");
    });
  }

  function start() {
    registerPrefixes();
    registerTerms();
    var completers = ["variables", "dateline-prefixes", "dateline-terms"];
    Yasqe.defaults.prefixCcApi = null;
    Yasqe.defaults.autocompleters = completers;  // its own ask a server elsewhere
    Yasr.defaults.errorRenderers = [explain];
    Yasr.registerPlugin("map", MapPlugin);
    host.hidden = false;
    form.hidden = true;
    var answer = document.getElementById("answer");
    if (answer) { answer.hidden = true; }
    if (window.datelineEditorInChinese) { window.datelineEditorInChinese(); }
    var yasgui = new Yasgui(host, {
      persistenceId: null,
      populateFromUrl: false,
      copyEndpointOnNewTab: true,
      requestConfig: { endpoint: location.origin + "/sparql", method: "POST" },
      yasqe: {
        value: form.elements.query.value,
        autocompleters: completers,
        createShortLink: undefined,
        consumeShareLink: null,
        prefixCcApi: null
      },
      yasr: {
        prefixes: terms.prefixes,
        pluginOrder: ["table", "map", "response"],
        defaultPlugin: "table"
      }
    });
    window.dateline = { yasgui: yasgui };
    fromTerms();
    var tab = yasgui.getTab();
    adopt(tab);
    ["tabSelect", "tabAdd"].forEach(function (what) {
      yasgui.on(what, function () { setTimeout(function () { adopt(yasgui.getTab()); }); });
    });
    tab.setQuery(form.elements.query.value);
    document.querySelectorAll("a[data-query]").forEach(function (example) {
      example.addEventListener("click", function (event) {
        event.preventDefault();
        var shown = yasgui.getTab();
        shown.setQuery(example.dataset.query);
        shown.query().catch(function () { /* it is shown */ });
        host.scrollIntoView();
      });
    });
    if (host.dataset.asked) { tab.query().catch(function () { /* it is shown */ }); }
  }

  fetch("/sparql/terms.json")
    .then(function (r) { return r.ok ? r.json() : terms; })
    .then(function (found) { terms = found; })
    .catch(function () { /* completion is an extra */ })
    .then(start);
})();
