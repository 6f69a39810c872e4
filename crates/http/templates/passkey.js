// The only script of the pages: it asks the browser for a passkey (WebAuthn) and sends the answer with the form.
// The options are JSON in which bytes are base64url, as Web Authentication Level 3 writes them.
"use strict";

const bytes = (text) => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
};

const text = (buffer) => {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

const named = (descriptors) => (descriptors ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const create = async (options) => {
  options.challenge = bytes(options.challenge);
  options.user.id = bytes(options.user.id);
  options.excludeCredentials = named(options.excludeCredentials);
  const made = await navigator.credentials.create({ publicKey: options });
  const { attestationObject, clientDataJSON } = made.response;
  return { made, response: { attestationObject: text(attestationObject), clientDataJSON: text(clientDataJSON) } };
};

const get = async (options) => {
  options.challenge = bytes(options.challenge);
  options.allowCredentials = named(options.allowCredentials);
  const made = await navigator.credentials.get({ publicKey: options });
  const { authenticatorData, clientDataJSON, signature, userHandle } = made.response;
  const response = {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientDataJSON),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  };
  return { made, response };
};

const form = document.querySelector("form[data-passkey]");

const ask = async () => {
  const failed = form.querySelector("[data-failed]");
  failed.hidden = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const { made, response } = await (form.dataset.passkey === "create" ? create : get)(options);
    const extensions = made.getClientExtensionResults();
    const answer = { id: made.id, rawId: text(made.rawId), type: made.type, response, extensions };
    form.elements.credential.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    failed.hidden = false;
  }
};

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
ask();
