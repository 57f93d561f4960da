// Runs before the page is painted, so that nothing moves when the rest arrives.
if ("noModule" in HTMLScriptElement.prototype) {
  document.body.className += " js-enabled govuk-frontend-supported";
}
