// What gets quicker with JavaScript. Nothing here is needed: every page does the same without it.
import { Button, Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink, createAll } from "./govuk-frontend.min.js";

createAll(Button, { preventDoubleClick: true });
for (const Component of [Checkboxes, ErrorSummary, NotificationBanner, Radios, ServiceNavigation, SkipLink]) createAll(Component);

const afterAPause = (work, pause) => {
  let waiting;
  return () => {
    clearTimeout(waiting);
    waiting = setTimeout(work, pause);
  };
};

const send = (form, address, more = {}) => {
  const body = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) body.set(name, value);
  return fetch(address, { method: "POST", body, headers: { Accept: "text/html" }, credentials: "same-origin", redirect: "error" });
};

// A part of a page that the server draws anew while somebody types: <form data-live="/address" data-live-into="id">.
for (const form of document.querySelectorAll("form[data-live]")) {
  const place = document.getElementById(form.dataset.liveInto);
  let newest = 0;
  const look = afterAPause(async () => {
    const mine = ++newest;
    try {
      const answer = await send(form, form.dataset.live);
      if (answer.ok && mine === newest) place.innerHTML = await answer.text();
    } catch {
      // Without the server's answer the page stays as it is; its button does the same.
    }
  }, 400);
  form.addEventListener("input", look);
  form.addEventListener("change", look);
}

// A form whose answers are kept while they are typed: <form data-draft="/address" data-draft-said="id">.
for (const form of document.querySelectorAll("form[data-draft]")) {
  const said = document.getElementById(form.dataset.draftSaid);
  form.addEventListener("input", afterAPause(async () => {
    try {
      const answer = await send(form, form.dataset.draft);
      if (answer.ok) said.textContent = await answer.text();
    } catch {
      // Nothing is lost that is still on the page.
    }
  }, 2000));
}
