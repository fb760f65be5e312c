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
  var terms = { prefixes: {}, classes: [], properties: [] };
  var names = {};

  // --- completion --------------------------------------------------------------------------------

  function matching(list, token) {
    var asked = (token && (token.autocompletionString || token.string) || "").toLowerCase();
    var tail = asked.replace(/^<|>$/g, "");
    return list
      .filter(function (t) {
        return !tail || t.iri.toLowerCase().indexOf(tail) >= 0 || t.label.toLowerCase().indexOf(tail) >= 0;
      })
      .map(function (t) { names[t.iri] = t.label; return t.iri; });
  }

  function labelled(yasqe, hints) {
    hints.forEach(function (hint) {
      var iri = (hint.displayText || hint.text || "").replace(/^<|>$/g, "");
      if (names[iri]) { hint.displayText = hint.text + "   " + names[iri]; }
    });
    return hints;
  }

  function registerTerms(name, list) {
    var like = Yasqe.Autocompleters[name];
    Yasqe.registerAutocompleter({
      name: "dateline-" + name,
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: like.isValidCompletionPosition,
      preProcessToken: like.preProcessToken,
      postProcessSuggestion: like.postProcessSuggestion,
      get: function (yasqe, token) { return matching(terms[list], token); },
      postprocessHints: labelled
    });
  }

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

  // "entity:" and the beginning of a name, in either language, finds the thing's IRI.
  function registerEntities() {
    Yasqe.registerAutocompleter({
      name: "dateline-entities",
      bulk: false,
      autoShow: true,
      isValidCompletionPosition: function (yasqe) { return /^entity:./.test(yasqe.getCompleteToken().string); },
      preProcessToken: function (yasqe, token) { token.autocompletionString = token.string; return token; },
      postProcessSuggestion: function (yasqe, token, suggested) { return suggested; },
      get: function (yasqe, token) {
        var asked = token.string.replace(/^entity:/, "");
        if (!asked) { return []; }
        return fetch("/complete?q=" + encodeURIComponent(asked))
          .then(function (r) { return r.ok ? r.json() : []; })
          .then(function (found) {
            return found.map(function (one) {
              var text = "entity:" + one.id;
              names[text] = one.label + (one.other && one.other !== one.label ? " · " + one.other : "");
              return text;
            });
          });
      },
      postprocessHints: labelled
    });
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
    this.label = host.dataset.lang === "zh" ? "地图" : "Map";
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

  function explain(error) {
    var box = document.createElement("p");
    box.className = "answer-error";
    var told = error.text || error.statusText || "";
    try {
      var said = JSON.parse(told);
      told = said.error + "\n" + said.remedy;
      if (said.line) {
        told = "Line " + said.line + ", column " + said.column + ": " + (said.near ? "… " + said.near : "the query ends too soon") +
          "\n" + said.error.slice(0, 400) + (said.error.length > 400 ? " …" : "") + "\n" + said.remedy;
      }
    } catch { /* not one of ours: as it came */ }
    box.textContent = (error.status ? error.status + " " : "") + told;
    return Promise.resolve(box);
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
    registerTerms("property", "properties");
    registerTerms("class", "classes");
    var completers = ["variables", "dateline-prefixes", "dateline-property", "dateline-class"];
    if (host.dataset.entities) {
      registerEntities();
      completers.push("dateline-entities");
    }
    Yasqe.defaults.prefixCcApi = null;
    Yasr.defaults.errorRenderers = [explain];
    Yasr.registerPlugin("map", MapPlugin);
    host.hidden = false;
    form.hidden = true;
    var answer = document.getElementById("answer");
    if (answer) { answer.hidden = true; }
    var yasgui = new Yasgui(host, {
      persistenceId: null,
      populateFromUrl: false,
      copyEndpointOnNewTab: true,
      requestConfig: { endpoint: location.origin + "/sparql", method: "POST" },
      yasqe: {
        value: form.elements.query.value,
        autocompleters: completers,
        createShareableLink: link,
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
    nameParts();
    yasgui.on("tabSelect", function () { setTimeout(nameParts); });
    var tab = yasgui.getTab();
    tab.setQuery(form.elements.query.value);
    tab.getYasqe().on("query", function (yasqe) { history.replaceState(null, "", link(yasqe)); });
    window.dateline = { yasgui: yasgui };
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
