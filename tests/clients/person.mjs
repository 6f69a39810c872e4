// A person's browser without a window: it keeps cookies, follows addresses of Carillon's own, and stops where it is
// sent elsewhere. What is seen in Chromium is tested by `pages.mjs`.
const home = process.env.CARILLON_URL;

export class Person {
  cookies = new Map();

  constructor({ address, password }) {
    Object.assign(this, { address, password });
  }

  async send(url, form) {
    const headers = { cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ") };
    const body = form && new URLSearchParams(form);
    const method = form ? "POST" : "GET";
    const answer = await fetch(new URL(url, home), { method, headers, body, redirect: "manual" });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = cookie.match(/^([^=]+)=([^;]*)/);
      value ? this.cookies.set(name, value) : this.cookies.delete(name);
    }
    const location = answer.headers.get("location");
    return { status: answer.status, to: location && new URL(location, home), text: await answer.text() };
  }

  // Goes where an application sends them, signs in when asked; the address of the application they end at, or a page.
  async go(url, answer = "allow") {
    let at = new URL(url);
    for (let step = 0; step < 8; step++) {
      let seen = await this.send(at);
      if (seen.to?.pathname === "/signin") {
        seen = await this.send(seen.to, { address: this.address, password: this.password });
      } else if (seen.text.includes("wants to know you")) {
        seen = await this.send(at.href.replace("/oauth2/authorize", "/oauth2/consent"), { answer });
      }
      if (!seen.to) return seen;
      if (seen.to.origin !== new URL(home).origin) return seen.to;
      at = seen.to;
    }
    throw new Error(`it never ends at ${at.pathname}`);
  }
}

// A command of an administrator through the admin API.
export async function administer(path, body) {
  const answer = await fetch(`${home}/api/v1${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.CARILLON_API_TOKEN}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
}
