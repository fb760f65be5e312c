// Extras on pages that are whole without it: completion in the search box, and what is known of a mention
// shown beside it.
(function () {
  "use strict";

  function completion(input) {
    var list = document.createElement("ul");
    var chosen = -1;
    var found = [];
    var last = "";
    list.className = "choices";
    list.id = input.id + "-choices";
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", input.placeholder || input.name);
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
    function go(n) {  // to the page of what was chosen, or to this list narrowed by it
      location.href = input.dataset.add ? input.dataset.add + encodeURIComponent(found[n].id) : found[n].page;
    }
    function show() {
      list.textContent = "";
      found.forEach(function (one, n) {
        var item = document.createElement("li");
        var name = document.createElement("span");
        var count = document.createElement("span");
        var other = one.text === one.label ? one.other : one.label;
        item.id = list.id + "-" + n;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", String(n === chosen));
        name.textContent = one.text + (other && other !== one.text ? " · " + other : "");
        count.className = "n";
        count.textContent = one.articles + " " + (one.articles === 1 ? input.dataset.article : input.dataset.articles);
        item.append(name, count);
        item.addEventListener("mousedown", function (e) { e.preventDefault(); go(n); });
        list.appendChild(item);
      });
      list.hidden = !found.length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      if (chosen >= 0) { input.setAttribute("aria-activedescendant", list.id + "-" + chosen); }
      else { input.removeAttribute("aria-activedescendant"); }
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
      if (e.isComposing || list.hidden) { return; }
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

  // A mention's entry further down the page, shown where the mention stands.  It stays while the pointer
  // or the focus is in it, and Escape closes it (WCAG 1.4.13).
  function popovers() {
    var shown = null;
    var tapped = null;
    var timer = 0;
    var box = document.createElement("div");
    box.className = "popover";
    box.id = "popover";
    box.hidden = true;

    function light(key, on) {
      document.querySelectorAll('.mention[data-key="' + key + '"]').forEach(function (m) {
        m.classList.toggle("lit", on);
      });
    }
    function close() {
      clearTimeout(timer);
      if (!shown) { return; }
      light(shown.dataset.key, false);
      shown.removeAttribute("aria-describedby");
      shown = null;
      tapped = null;
      box.hidden = true;
      box.textContent = "";
    }
    function open(mark) {
      var entry = document.getElementById(mark.dataset.key);
      clearTimeout(timer);
      if (mark === shown || !entry) { return; }
      close();
      shown = mark;
      Array.from(entry.childNodes).forEach(function (n) { box.appendChild(n.cloneNode(true)); });
      box.querySelectorAll("details").forEach(function (d) { d.open = true; });
      light(mark.dataset.key, true);
      mark.after(box);
      mark.setAttribute("aria-describedby", box.id);
      box.hidden = false;
      place(mark);
    }
    function place(mark) {
      var at = mark.getClientRects()[0];
      var host = (box.offsetParent || document.body).getBoundingClientRect();
      var room = document.documentElement.clientWidth;
      var left = Math.max(8, Math.min(at.left, room - box.offsetWidth - 8));
      var below = at.bottom + box.offsetHeight + 8 < window.innerHeight || at.top < box.offsetHeight;
      var top = below ? at.bottom + 4 : at.top - box.offsetHeight - 4;
      box.style.left = left - host.left + "px";
      box.style.top = top - host.top + "px";
    }
    function markOf(e) {
      return e.target.closest ? e.target.closest(".mention[data-key]") : null;
    }
    function later(wait, act) {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    }
    document.addEventListener("mouseover", function (e) {
      var mark = markOf(e);
      if (mark) { later(shown ? 250 : 120, function () { open(mark); }); }
      else if (box.contains(e.target)) { clearTimeout(timer); }
      else if (shown) { later(300, close); }
    });
    document.addEventListener("focusin", function (e) {
      var mark = markOf(e);
      if (mark) { open(mark); }
      else if (shown && !box.contains(e.target)) { close(); }
    });
    document.addEventListener("keydown", function (e) {
      if (e.key === "Escape" && shown) {
        var back = box.contains(document.activeElement) ? shown : null;
        close();
        if (back) { back.focus(); close(); }
      }
    });
    // A finger cannot point: the first tap shows what is known, the second one goes there.
    document.addEventListener("click", function (e) {
      var mark = markOf(e);
      if (!mark) {
        if (shown && !box.contains(e.target)) { close(); }
      } else if (e.pointerType === "touch" && mark !== tapped) {
        e.preventDefault();
        open(mark);
        tapped = mark;
      } else { close(); }
    });
  }

  // What a reader does not want marked in one article is not marked in the next.
  function remembered(box) {
    try {
      if (localStorage.getItem(box.name) === "off") { box.checked = false; }
      box.addEventListener("change", function () {
        if (box.checked) { localStorage.removeItem(box.name); } else { localStorage.setItem(box.name, "off"); }
      });
    } catch { /* no storage: it holds for this page */ }
  }

  document.querySelectorAll(".legend input").forEach(remembered);
  document.querySelectorAll("input[data-complete]").forEach(completion);
  if (document.querySelector(".mention[data-key]")) { popovers(); }
})();
