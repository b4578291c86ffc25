/* Light or dark, as chosen here earlier; runs before the first paint. The choice stays
   in this browser and is never sent. Without a choice the system's setting holds. */
(function () {
  "use strict";
  var key = "kapula.scheme";
  var root = document.documentElement;
  var chosen = null;
  try { chosen = localStorage.getItem(key); } catch (e) { /* storage may be closed */ }
  if (chosen === "slate" || chosen === "default") root.setAttribute("data-md-color-scheme", chosen);

  function dark() {
    var now = root.getAttribute("data-md-color-scheme");
    return now ? now === "slate" : matchMedia("(prefers-color-scheme: dark)").matches;
  }
  document.addEventListener("DOMContentLoaded", function () {
    var buttons = document.querySelectorAll("[data-scheme-toggle]");
    function tell() {
      buttons.forEach(function (button) { button.setAttribute("aria-pressed", String(dark())); });
    }
    buttons.forEach(function (button) {
      button.hidden = false;
      button.addEventListener("click", function () {
        var next = dark() ? "default" : "slate";
        root.setAttribute("data-md-color-scheme", next);
        try { localStorage.setItem(key, next); } catch (e) { /* the choice lasts this page */ }
        tell();
      });
    });
    tell();
  });
})();
