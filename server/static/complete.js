// Completion in the query editor: what may stand where the cursor is.
//
// The query before the cursor is read far enough to know the triple it stands in; what the rest of the query
// says of its subject tells the subject's class, and the shapes of the ontology what such a thing has.  Nothing
// is asked of the data for that.  Names of things come from the search for names.
//
//   datelineCompleter(terms, lang, ask)  ->  { at(text, offset), suggest(place) -> Promise of suggestions }
//
// A place is { kind, word, subject, predicate }: kind is "property", "object", "thing" (a subject, or within a
// FILTER), or "" where nothing can be completed.  A suggestion is { text, label, prefix }.
(function () {
  "use strict";

  var TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
  var TOKEN = new RegExp([
    "#[^\\n]*", "<[^<>\"{}|^`\\\\\\s]*>", '"""[\\s\\S]*?"""', "'''[\\s\\S]*?'''", '"(?:[^"\\\\\\n]|\\\\.)*"',
    "'(?:[^'\\\\\\n]|\\\\.)*'", "[?$][\\w\\u0080-\\uffff]+", "[\\w\\u0080-\\uffff.\\-]*:(?:[\\w\\u0080-\\uffff.\\-%]*[\\w\\u0080-\\uffff\\-%])?",
    "@[A-Za-z\\-]+", "[A-Za-z_\\u0080-\\uffff][\\w\\u0080-\\uffff]*", "[0-9]+(?:\\.[0-9]+)?", "\\S"
  ].join("|"), "g");
  var WORD = /(?:<[^<>"{}|^`\\\s]*|[\w\u0080-\uffff.\-]*:?[\w\u0080-\uffff.\-%]*)$/;
  var MOST = 40;

  function declared(text) {
    var found = {};
    var line = /\bPREFIX\s+([\w.\-]*):\s*<([^>]*)>/gi;
    for (var m = line.exec(text); m; m = line.exec(text)) { found[m[1]] = m[2]; }
    return found;
  }

  // The triples of a text, and where it ends: the terms of the triple that is open, in parentheses or not.
  function read(text, each) {
    var triple = [], above = [], parens = 0, depth = 0, values = "", keyword = "", quoted = false;
    var m;
    TOKEN.lastIndex = 0;
    function add(term) {
      triple.push(term);
      if (triple.length === 3) { each(triple); }
    }
    while ((m = TOKEN.exec(text)) !== null) {
      var t = m[0];
      if (t[0] === "#") { continue; }
      if (t === "\"" || t === "'") { quoted = text.indexOf("\n", m.index) < 0; continue; }
      if (t === "(") { parens += 1; if (parens === 1 && triple.length === 1) { triple.push("()"); } }
      else if (t === ")") { parens = Math.max(0, parens - 1); }
      else if (t === "{") { depth += 1; if (keyword !== "VALUES") { values = ""; } triple = []; }
      else if (t === "}") { depth = Math.max(0, depth - 1); triple = []; values = ""; }
      else if (parens) { if (keyword === "VALUES" && t[0] === "?") { values = values || t; } }
      else if (t === ".") { triple = []; }
      else if (t === ";") { triple = triple.slice(0, 1); }
      else if (t === ",") { triple = triple.slice(0, 2); }
      else if (t === "[") { above.push(triple); triple = ["_:" + m.index]; }
      else if (t === "]") { var inner = triple[0]; triple = above.pop() || []; add(inner); }
      else if (t === "/" || t === "|" || t === "^" || t === "!") { triple = triple.slice(0, 1); }
      else if (/^[A-Za-z_]\w*$/.test(t) && t !== "a" && !/^(true|false)$/i.test(t)) {
        keyword = t.toUpperCase();
        triple = [];
      }
      else if (keyword === "VALUES" && depth && t[0] === "?" && !values) { values = t; }
      else if (depth && /^[?$<_"'0-9a]|:|true|false/.test(t)) { add(t); }
    }
    return { triple: triple, parens: parens, depth: depth, values: values, quoted: quoted };
  }

  window.datelineCompleter = function (terms, lang, ask) {
    var reach = {};  // property -> the classes that have it, what it leads to, its concepts
    Object.keys(terms.shapes || {}).forEach(function (of) {
      Object.keys(terms.shapes[of]).forEach(function (path) {
        var use = terms.shapes[of][path];
        var known = reach[path] = reach[path] || { of: [], to: [], values: [] };
        known.of.push(of);
        use.to.forEach(function (c) { if (known.to.indexOf(c) < 0) { known.to.push(c); } });
        use.values.forEach(function (c) { if (known.values.indexOf(c) < 0) { known.values.push(c); } });
      });
    });
    var concepts = {};
    (terms.concepts || []).forEach(function (c) { concepts[c.iri] = c; });

    function full(term, prefixes) {
      if (term === "a") { return TYPE; }
      if (term[0] === "<") { return term.slice(1, -1); }
      var colon = term.indexOf(":");
      var space = prefixes[term.slice(0, colon)] || terms.prefixes[term.slice(0, colon)];
      return colon >= 0 && space ? space + term.slice(colon + 1) : "";
    }

    // The classes that a variable may be of, by all that the query says of it; null where it says nothing.
    function classes(variable, triples, prefixes) {
      var found = null;
      function meet(some) {
        if (!some.length) { return; }
        found = found === null ? some : found.filter(function (c) { return some.indexOf(c) >= 0; });
      }
      triples.forEach(function (t) {
        var path = full(t[1], prefixes);
        if (t[0] === variable && path === TYPE) { meet([full(t[2], prefixes)].filter(function (c) { return terms.shapes[c]; })); }
        else if (t[0] === variable && reach[path]) { meet(reach[path].of); }
        if (t[2] === variable && reach[path]) { meet(reach[path].to); }
      });
      return found && found.length ? found : null;
    }

    function at(text, offset) {
      var before = text.slice(0, offset);
      var word = WORD.exec(before)[0];
      var line = before.slice(before.lastIndexOf("\n") + 1);
      var nothing = { kind: "", word: word };
      if (/^\s*(PREFIX|BASE)\b/i.test(line) || /[?$@][\w\u0080-\uffff]*$/.test(before)) { return nothing; }
      before = before.slice(0, before.length - word.length);
      var triples = [];
      var rest = text.slice(offset).replace(/^[^\s{}()[\];,.]+/, "");
      read(before + " " + rest, function (t) { triples.push(t); });
      var here = read(before, function () {});
      var place = { kind: "", word: word, triples: triples, prefixes: declared(text), subject: here.triple[0], predicate: here.triple[1] };
      if (!here.depth || here.quoted) { return place; }
      if (here.values) {
        var asked = triples.filter(function (t) { return t[2] === here.values; })[0];
        place.kind = "object";
        place.predicate = asked ? asked[1] : "";
      } else if (here.parens) { place.kind = here.triple.length === 2 ? "property" : "thing"; }
      else { place.kind = ["thing", "property", "object", ""][Math.min(here.triple.length, 3)]; }
      return place;
    }

    // An IRI as it is written: with a prefix where it has one and what follows needs no escaping.
    function short(iri, prefixes) {
      var names = Object.keys(prefixes).concat(Object.keys(terms.prefixes));
      for (var i = 0; i < names.length; i += 1) {
        var space = prefixes[names[i]] || terms.prefixes[names[i]];
        var local = iri.slice(space.length);
        if (space && iri.indexOf(space) === 0 && /^[\w\-]+$/.test(local) && (prefixes[names[i]] || terms.implied)) {
          return { text: names[i] + ":" + local, prefix: prefixes[names[i]] ? null : names[i] };
        }
      }
      return { text: "<" + iri + ">", prefix: null };
    }

    // How well a term fits what was typed: 0 not at all.
    function fit(term, text, word) {
      if (!word) { return 1; }
      var asked = word.toLowerCase().replace(/^</, "");
      var name = text.toLowerCase();
      var local = name.slice(name.indexOf(":") + 1);
      if (name.indexOf(asked) === 0 || local.indexOf(asked) === 0) { return 3; }
      var said = [term.zh, term.en].filter(Boolean).join(" ").toLowerCase();
      if (said.indexOf(asked) === 0 || said.indexOf(" " + asked) > 0) { return 2; }
      return name.indexOf(asked) > 0 || said.indexOf(asked) > 0 || term.iri.toLowerCase().indexOf(asked) >= 0 ? 1 : 0;
    }

    function ranked(list, place, better) {
      return list
        .map(function (term) {
          var written = short(term.iri, place.prefixes);
          var score = fit(term, written.text, place.word);
          return { term: term, written: written, score: score && score + (better(term.iri) ? 10 : 0) };
        })
        .filter(function (one) { return one.score; })
        .sort(function (a, b) { return b.score - a.score || (b.term.n || 0) - (a.term.n || 0); })
        .slice(0, MOST)
        .map(function (one) {
          var said = [one.term[lang] || one.term.en, one.term.n ? one.term.n.toLocaleString("en") : ""];
          return { text: one.written.text, prefix: one.written.prefix, label: said.filter(Boolean).join(" · ") };
        });
    }

    function none() { return false; }

    function properties(place) {
      var of = terms.shapes && place.subject ? classes(place.subject, place.triples, place.prefixes) : null;
      var had = {};
      (of || []).forEach(function (c) { Object.keys(terms.shapes[c]).forEach(function (p) { had[p] = true; }); });
      var list = terms.properties;
      if (of && !place.word) { list = list.filter(function (p) { return had[p.iri] || p.iri === TYPE; }); }
      return ranked(list, place, function (iri) { return had[iri]; });
    }

    function things(place) {
      var name = place.word.replace(/^entity:/, "");
      if (!ask || !name || /^</.test(name) || name.indexOf(":") >= 0) { return Promise.resolve([]); }
      return ask(name).then(function (found) {
        return found.map(function (one) {
          var prefix = place.prefixes.entity ? null : "entity";
          return { text: "entity:" + one.id, prefix: prefix, label: one.label + (one.other !== one.label ? " · " + one.other : "") };
        });
      });
    }

    function suggest(place) {
      if (place.kind === "property") { return Promise.resolve(properties(place)); }
      var path = place.kind === "object" && place.predicate ? full(place.predicate, place.prefixes) : "";
      if (path === TYPE) { return Promise.resolve(ranked(terms.classes, place, none)); }
      var use = reach[path] || { values: [], to: [] };
      if (use.values.length) {
        return Promise.resolve(ranked(use.values.map(function (v) { return concepts[v] || { iri: v }; }), place, none));
      }
      if (!place.word) { return Promise.resolve([]); }
      var known = terms.concepts || [];
      if (place.kind === "thing") { known = known.concat(terms.classes); }
      return things(place).then(function (found) { return found.concat(ranked(known, place, none)).slice(0, MOST); });
    }

    return { at: at, suggest: suggest };
  };
})();
