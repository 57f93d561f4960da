// What gets quicker with JavaScript. Nothing here is needed: every page does the same without it.
import { Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, createAll } from "./govuk-frontend.min.js";

createAll(Button, { preventDoubleClick: true });
// Whether a radio button opens something is not for it to say: ARIA allows that word on checkboxes only.
class QuietRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}
for (const Component of [Checkboxes, ErrorSummary, NotificationBanner, QuietRadios, ServiceNavigation, SkipLink]) createAll(Component);

const afterAPause = (work, pause) => {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, pause);
  };
};

const send = (form, address) =>
  fetch(address, {
    method: "POST",
    body: new URLSearchParams(new FormData(form)),
    headers: { Accept: "text/html" },
    credentials: "same-origin",
    redirect: "error",
  });

// A part of a page that the server draws anew while somebody types in some of the form's fields:
// <div data-live="/address" data-live-on="field other-field">.
for (const place of document.querySelectorAll("[data-live]")) {
  const form = place.closest("form");
  const fields = new Set(place.dataset.liveOn.split(/\s+/));
  let newest = 0;
  let last = null;
  const look = afterAPause(async () => {
    const mine = ++newest;
    try {
      const answer = await send(form, place.dataset.live);
      const drawn = answer.ok ? await answer.text() : null;
      if (drawn === null || mine !== newest || drawn === last) return;
      last = drawn;
      // Whoever has gone on into this part with the keyboard stays where they are.
      const focused = place.contains(document.activeElement) && document.activeElement.id;
      place.innerHTML = drawn;
      if (focused) document.getElementById(focused)?.focus();
    } catch {
      // Without the server's answer the page stays as it is; its button does the same.
    }
  }, 300);
  const changed = (event) => fields.has(event.target.name) && look();
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
}

// Questions that need no answer while another field's answer begins so:
// <div data-hidden-when="field" data-hidden-prefix="person:">.
for (const place of document.querySelectorAll("[data-hidden-when]")) {
  const form = place.closest("form");
  const decide = () => {
    const answer = new FormData(form).get(place.dataset.hiddenWhen) ?? "";
    place.hidden = answer.startsWith(place.dataset.hiddenPrefix);
  };
  form.addEventListener("change", decide);
  decide();
}

// A form whose answers are kept while they are typed: <form data-draft="/address" data-draft-said="id">.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = document.getElementById(form.dataset.draftSaid);
  form.addEventListener("input", afterAPause(async () => {
    try {
      const answer = await send(form, form.dataset.draft);
      if (answer.ok) said.textContent = (await answer.text()).trim();
    } catch {
      // Nothing is lost that is still on the page.
    }
  }, 2000));
}
