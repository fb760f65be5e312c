// Extras on pages that are whole without it: completion in the search box, lit mentions, maps to move in.
(function () {
  "use strict";

  function completion(input) {
    var list = document.createElement("ul");
    var chosen = -1;
    var found = [];
    var last = "";
    list.className = "choices";
    list.id = "choices";
    list.setAttribute("role", "listbox");
    list.hidden = true;
    input.parentNode.appendChild(list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", list.id);
    input.setAttribute("aria-autocomplete", "list");

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function go(n) {
      location.href = "/page/entity/" + encodeURIComponent(found[n].id);
    }
    function show() {
      list.textContent = "";
      found.forEach(function (one, n) {
        var item = document.createElement("li");
        item.id = "choice-" + n;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(n === chosen));
        item.textContent = one.text + (one.zh && one.zh !== one.text ? " · " + one.zh : "") + " (" + one.articles + ")";
        item.addEventListener("mousedown", function (e) { e.preventDefault(); go(n); });
        list.appendChild(item);
      });
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (chosen >= 0) { input.setAttribute("aria-activedescendant", "choice-" + chosen); }
    }
    input.addEventListener("input", function () {
      var asked = input.value.trim();
      last = asked;
      if (!asked) { close(); return; }
      fetch(input.dataset.complete + "?q=" + encodeURIComponent(asked))
        .then(function (r) { return r.ok ? r.json() : []; })
        .then(function (names) { if (asked === last) { found = names; chosen = -1; show(); } })
        .catch(close);
    });
    input.addEventListener("keydown", function (e) {
      if (list.hidden) { return; }
      if (e.key === "ArrowDown" || e.key === "ArrowUp") {
        e.preventDefault();
        chosen = (chosen + (e.key === "ArrowDown" ? 1 : -1) + found.length) % found.length;
        show();
      } else if (e.key === "Enter" && chosen >= 0) {
        e.preventDefault();
        go(chosen);
      } else if (e.key === "Escape") { close(); }
    });
    input.addEventListener("blur", close);
  }

  function light(on) {
    return function (e) {
      var mark = e.target.closest && e.target.closest(".mention");
      if (!mark) { return; }
      document.querySelectorAll('.mention[data-key="' + mark.dataset.key + '"]').forEach(function (m) {
        m.classList.toggle("lit", on);
      });
    };
  }

  document.querySelectorAll("input[data-complete]").forEach(completion);
  ["mouseover", "focusin"].forEach(function (k) { document.addEventListener(k, light(true)); });
  ["mouseout", "focusout"].forEach(function (k) { document.addEventListener(k, light(false)); });
})();
