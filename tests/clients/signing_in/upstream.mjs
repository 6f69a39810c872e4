// npm's oidc-provider as somebody else's OpenID provider. Whoever types an address there has it; what it says of that
// address is in `people`, and an unknown one is verified.
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const people = new Map();

/// Somebody else's provider, at a port of its own. `open` tells it of its clients: for each, its id, secret and redirect
/// URI.
export async function upstream() {
  const server = createServer();
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const issuer = `http://localhost:${server.address().port}`;
  const open = (clients) => {
    const provider = new Provider(issuer, {
      clients: clients.map(({ id, secret, back }) => ({ client_id: id, client_secret: secret, redirect_uris: [back] })),
      claims: { email: ["email", "email_verified"], profile: ["name"] },
      features: { devInteractions: { enabled: true } },
      cookies: { keys: ["of a test"] },
      findAccount: (_, id) => ({
        accountId: id,
        claims: async () => ({ sub: id, name: "Named Upstream", email: id, email_verified: true, ...people.get(id) }),
      }),
    });
    server.on("request", provider.callback());
  };
  return { issuer, open, close: () => server.close() };
}

/// Signs in there as this person, in a tab that was sent there.
export async function signInThere(page, address) {
  await page.locator("input[name=login]").fill(address);
  await page.locator("input[name=password]").fill("any");
  await page.locator("button[type=submit]").click();
  await page.getByRole("button", { name: "Continue" }).click();
}
