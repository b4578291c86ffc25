/* Small helps for forms. Everything works without them; nothing here sends a form. */
(function () {
  "use strict";

  function counter(area) {
    var text = area.getAttribute("data-counter");
    var one = area.getAttribute("data-counter-one");
    var max = Number(area.getAttribute("maxlength"));
    if (!text || !max) return;
    var seen = document.createElement("p");
    var heard = document.createElement("p");
    var timer;
    seen.className = "k-counter";
    seen.setAttribute("aria-hidden", "true");
    heard.className = "k-hidden";
    heard.setAttribute("aria-live", "polite");
    area.insertAdjacentElement("afterend", heard);
    area.insertAdjacentElement("afterend", seen);

    function count(speak) {
      var left = max - area.value.length;
      var words = left === 1 ? one : text.replace("{n}", String(left));
      seen.textContent = words;
      seen.classList.toggle("k-counter--low", left < max / 10);
      clearTimeout(timer);
      /* Spoken after a pause, so that it does not talk over typing. */
      if (speak) timer = setTimeout(function () { heard.textContent = words; }, 1000);
    }
    area.addEventListener("input", function () { count(true); });
    count(false);
  }

  document.querySelectorAll("textarea[maxlength]").forEach(counter);

  var summary = document.querySelector(".k-error-summary");
  if (summary) {
    summary.setAttribute("tabindex", "-1");
    summary.focus();
  }
})();
