// One cell to the server and back. A page left open outlives its session: the token is read again from a fresh copy of it.

import { showHours } from "./format.js";

const GONE = "Cette ligne n'existe plus. Rechargez la page.";
const FORBIDDEN = "Votre rôle ne permet pas d'écrire ces heures.";
const SESSION = "Votre session est fermée. Reconnectez-vous dans un autre onglet, puis réessayez.";
const STRANGE = "La réponse du serveur n'a pas pu être lue. Réessayez.";

function body(cell) {
  const { assignment, month, kind, version } = cell;
  return new URLSearchParams({ assignment, month, kind, version, hours: showHours(cell.wanted) });
}

async function freshToken(form) {
  const page = await fetch(location.href, { credentials: "same-origin" });
  const copy = new DOMParser().parseFromString(await page.text(), "text/html");
  const token = copy.querySelector("[data-hours-grid] [name=csrfmiddlewaretoken]")?.value;
  if (token) form.elements.csrfmiddlewaretoken.value = token;
  return Boolean(token);
}

async function read(response) {
  const json = response.headers.get("Content-Type")?.includes("json");
  const { status } = response;
  if (json) {
    const data = await response.json();
    return { status, data: { error: status === 403 ? FORBIDDEN : STRANGE, ...data } };
  }
  if (response.redirected || status === 401) return { status: 401, data: { error: SESSION } };
  const error = status === 404 ? GONE : status === 403 ? FORBIDDEN : STRANGE;
  return { status: status === 200 ? 400 : status, data: { error } };
}

/** `post` of saver.js for this form: data-save-url, and the token of its hidden field. */
export function poster(form) {
  async function once(cell, signal) {
    const response = await fetch(form.dataset.saveUrl, {
      method: "POST",
      body: body(cell),
      credentials: "same-origin",
      headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
      signal,
    });
    return read(response);
  }
  return async (cell, signal) => {
    const answer = await once(cell, signal);
    if (answer.status !== 403 && answer.status !== 401) return answer;
    return (await freshToken(form)) ? once(cell, signal) : answer;
  };
}
