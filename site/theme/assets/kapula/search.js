/* Search of the site: this language's own index, fetched from this site when search is
   opened. Words bend in Finnish and Swedish, so a word also matches by its beginning. */
(function () {
  "use strict";
  var box = document.querySelector("[data-search]");
  var opener = document.querySelector("[data-search-open]");
  if (!box || !opener || !box.showModal) return;
  var input = box.querySelector("input");
  var list = box.querySelector("ol");
  var count = box.querySelector("[aria-live]");
  var index = null;

  /* As people type it whose keyboard lacks the letter: without dots, rings and strokes. */
  var LETTERS = { "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ł": "l", "ŋ": "n", "ø": "o", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th" };
  function fold(text) {
    return text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "")
      .replace(/[đðħıłŋøŧæœþ]/g, function (letter) { return LETTERS[letter]; });
  }
  function words(text) { return fold(text).match(/[\p{L}\p{N}]+/gu) || []; }
  function plain(html) { return new DOMParser().parseFromString(html, "text/html").body.textContent; }

  function load() {
    if (index) return Promise.resolve(index);
    return fetch(box.getAttribute("data-index"))
      .then(function (answer) { return answer.json(); })
      .then(function (data) {
        index = data.docs.map(function (doc) {
          var title = plain(doc.title), text = plain(doc.text).replace(/\s+/g, " ");
          return { at: doc.location, title: title, text: text, t: words(title), w: words(text) };
        });
        return index;
      });
  }

  /* 3: the word or its beginning; 1: the same stem with another ending; 0: nothing. */
  function close(word, asked) {
    if (word.indexOf(asked) === 0) return 3;
    if (asked.length < 5) return 0;
    if (word.indexOf(asked) > 0) return 2;
    var stem = stemOf(asked);
    return word.length <= asked.length + 5 && word.indexOf(stem) === 0 ? 1 : 0;
  }
  /* Five letters at least: of four, "esimies" would find "Esimerkin". */
  function stemOf(asked) { return asked.slice(0, Math.max(5, asked.length - 3)); }
  /* A word that is asked for, and what we call the same: "esimie=esihenkilö" and so on. */
  var SYNONYMS = (box.getAttribute("data-synonyms") || "").split(" ").filter(Boolean)
    .map(function (pair) { return pair.split("=").map(fold); });
  function ways(asked) {
    return [asked].concat(SYNONYMS
      .filter(function (pair) {
        return asked.indexOf(pair[0]) === 0 || (asked.length > 3 && pair[0].indexOf(asked) === 0);
      })
      .map(function (pair) { return pair[1]; }));
  }
  function best(list, asked) {
    return ways(asked).reduce(function (most, way) {
      return list.reduce(function (top, word) { return Math.max(top, close(word, way)); }, most);
    }, 0);
  }
  function score(doc, asked) {
    var sum = 0;
    for (var i = 0; i < asked.length; i++) {
      var here = 4 * best(doc.t, asked[i]) + best(doc.w, asked[i]);
      if (!here) return 0;
      sum += here;
    }
    return sum;
  }
  function excerpt(doc, asked) {
    /* Word by word, for a folded text is not as long as the text itself. */
    var seen = 0, at = 0, stems = ways(asked[0]).map(stemOf);
    doc.text.split(" ").some(function (word) {
      if (stems.some(function (stem) { return fold(word).indexOf(stem) >= 0; })) { at = seen; return true; }
      seen += word.length + 1;
      return false;
    });
    var from = at > 50 ? doc.text.lastIndexOf(" ", at - 40) + 1 : 0;
    return (from ? "… " : "") + doc.text.slice(from, from + 140) + (doc.text.length > from + 140 ? " …" : "");
  }
  function item(doc, asked) {
    var li = document.createElement("li"), a = document.createElement("a"), p = document.createElement("p");
    a.href = box.getAttribute("data-base") + doc.at;
    a.textContent = doc.title;
    p.textContent = excerpt(doc, asked);
    li.append(a, p);
    return li;
  }
  function show() {
    var asked = words(input.value);
    if (input.value.trim().length < 2 || !asked.length) {
      list.replaceChildren();
      count.textContent = "";
      return;
    }
    load().then(function (docs) {
      var hits = docs
        .map(function (doc) { return { doc: doc, score: score(doc, asked) }; })
        .filter(function (hit) { return hit.score > 0; })
        .sort(function (a, b) { return b.score - a.score; })
        .slice(0, 12);
      list.replaceChildren.apply(list, hits.map(function (hit) { return item(hit.doc, asked); }));
      var key = hits.length ? "data-count" : "data-none";
      count.textContent = box.getAttribute(key).replace("{n}", String(hits.length));
    });
  }

  opener.hidden = false;
  opener.addEventListener("click", function () { box.showModal(); input.focus(); load(); });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input, textarea, select");
    if (event.key === "/" && !typing && !box.open) { event.preventDefault(); opener.click(); }
  });
  box.addEventListener("click", function (event) {
    if (event.target === box || event.target.closest("a")) box.close();
  });
  input.addEventListener("input", show);
  input.addEventListener("keydown", function (event) {
    if (event.key === "Enter") {
      event.preventDefault();
      var first = list.querySelector("a");
      if (first) first.focus();
    }
  });
})();
