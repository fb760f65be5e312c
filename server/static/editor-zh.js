// What YASGUI writes on its buttons, for readers of Chinese: it knows English alone.
// eslint-disable-next-line no-unused-vars  (sparql.js calls it)
function datelineEditorInChinese() {
  "use strict";

  var SAID = {
    "Query": "查询", "Table": "表格", "Response": "原文", "Map": "地图", "Boolean": "真假", "Error": "错误",
    "Simple view": "只看值", "Ellipse": "缩短", "Page size:": "每页行数：", "All": "全部",
    "Filter query results": "筛选结果", "Download result": "下载结果", "Download Results": "下载结果",
    "Download not supported": "无法下载", "Run query": "运行查询", "Abort query": "中止查询", "Share query": "分享查询",
    "Show all": "全部显示", "Add tab": "新建标签页", "Add a new tab": "新建标签页", "Close tab": "关闭标签页", "Open settings": "设置",
    "New Tab": "新建标签页", "Rename Tab": "重命名", "Copy Tab": "复制标签页", "Close Tab": "关闭标签页",
    "Close other tabs": "关闭其他标签页", "Undo close Tab": "恢复关闭的标签页",
    "First": "首页", "Previous": "上一页", "Next": "下一页", "Last": "末页", "pagination": "分页",
    "No data available in table": "没有结果", "No matching records found": "没有符合的行", "Clear endpoint": "清除端点",
    "The query cannot be processed by the current plugin": "此种显示方式不适用于该结果"
  };
  var PATTERNS = [
    [/^([\d,]+) results? in ([\d.]+) seconds?$/, "$1 行，用时 $2 秒"],
    [/^Response in ([\d.]+) seconds?$/, "用时 $1 秒"],
    [/^Showing ([\d,]+) to ([\d,]+) of ([\d,]+) entr(?:y|ies)$/, "第 $1–$2 行，共 $3 行"],
    [/^Showing ([\d,]+) to ([\d,]+) of ([\d,]+) entr(?:y|ies) \(filtered from ([\d,]+) total entr(?:y|ies)\)$/, "第 $1–$2 行，筛选出 $3 行，原有 $4 行"],
    [/^Showing ([\d,]+) to ([\d,]+) of ([\d,]+) entr(?:y|ies)\s+\(filtered.*$/, "第 $1–$2 行，共 $3 行"],
    [/^(.*): Activate to .*$/, "$1：按此列排序"],
    [/^Query (\d+)$/, "查询 $1"]
  ];
  var NAMED = [[/^Shows (.*) view$/, "以$1显示"], [/^View documentation of (.*)$/, "$1的说明（英文）"]];
  var DATA = ".CodeMirror-scroll, .dt-column-title, tbody td:not(.dt-empty), pre, input, textarea";

  function said(text) {
    var plain = text.trim();
    if (Object.hasOwn(SAID, plain)) { return SAID[plain]; }
    var n, found;
    for (n = 0; n < PATTERNS.length; n += 1) {
      if (PATTERNS[n][0].test(plain)) { return plain.replace(PATTERNS[n][0], PATTERNS[n][1]); }
    }
    for (n = 0; n < NAMED.length; n += 1) {
      found = NAMED[n][0].exec(plain);
      if (found) { return NAMED[n][1].replace("$1", SAID[found[1]] || found[1]); }
    }
    return null;
  }

  function write(text) {
    var parent = text.parentElement;
    if (!parent || !parent.closest(".yasgui") || parent.closest(DATA)) { return; }
    var zh = said(text.data);
    if (zh !== null && zh !== text.data) { text.data = zh; }
  }

  function name(element) {
    if (!element.closest(".yasgui") || element.closest(".CodeMirror-scroll, tbody")) { return; }
    ["title", "aria-label", "placeholder"].forEach(function (attribute) {
      var zh = element.hasAttribute(attribute) ? said(element.getAttribute(attribute)) : null;
      if (zh !== null && zh !== element.getAttribute(attribute)) { element.setAttribute(attribute, zh); }
    });
  }

  function all(node) {
    if (node.nodeType === Node.TEXT_NODE) { write(node); return; }
    if (node.nodeType !== Node.ELEMENT_NODE || node.closest(".CodeMirror-scroll")) { return; }
    name(node);
    var texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    while (texts.nextNode()) {
      if (texts.currentNode.nodeType === Node.TEXT_NODE) { write(texts.currentNode); } else { name(texts.currentNode); }
    }
  }

  new MutationObserver(function (changes) {
    changes.forEach(function (change) {
      if (change.type === "attributes") { name(change.target); return; }
      if (change.type === "characterData") { write(change.target); return; }
      change.addedNodes.forEach(all);
    });
  }).observe(document.body, {
    subtree: true, childList: true, characterData: true, attributeFilter: ["title", "aria-label", "placeholder"]
  });
  all(document.body);
}
