/* Small helps for forms. Everything works without them; nothing here sends a form. */
(function () {
  "use strict";

  function counter(area) {
    var text = area.getAttribute("data-counter");
    var one = area.getAttribute("data-counter-one");
    var over = area.getAttribute("data-over");
    var overOne = area.getAttribute("data-over-one");
    var max = Number(area.getAttribute("data-limit"));
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
      var many = Math.abs(left);
      var words = (many === 1 ? (left < 0 ? overOne : one) : left < 0 ? over : text).replace("{n}", String(many));
      seen.textContent = words;
      seen.classList.toggle("k-counter--low", left < max / 10);
      clearTimeout(timer);
      /* Spoken after a pause, so that it does not talk over typing. */
      if (speak) timer = setTimeout(function () { heard.textContent = words; }, 1000);
    }
    area.addEventListener("input", function () { count(true); });
    count(false);
  }

  document.querySelectorAll("textarea[data-limit]").forEach(counter);

  var summary = document.querySelector(".k-error-summary");
  if (summary) {
    summary.setAttribute("tabindex", "-1");
    summary.focus();
  }
})();
