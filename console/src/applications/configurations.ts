import authlib from "../../../crates/carillon/src/configurations/authlib.py?raw";
import nginx from "../../../crates/carillon/src/configurations/nginx.conf?raw";
import proxy from "../../../crates/carillon/src/configurations/oauth2-proxy.cfg?raw";
import openidClient from "../../../crates/carillon/src/configurations/openid-client.mjs?raw";
import type { Application } from "./draft";
import authzen from "./lines/authzen.sh?raw";
import caddy from "./lines/Caddyfile?raw";
import traefik from "./lines/traefik.yaml?raw";

export type Named = "openid-client" | "authlib" | "oauth2-proxy" | "nginx" | "traefik" | "caddy" | "authzen";

/** Where a client learns everything else. */
export const discovery = (issuer: string) => `${issuer}/.well-known/openid-configuration`;

/** Lines to copy by the client's name, as `carillon application create` prints them and docs/reverse-proxy.md tells. */
export function configurations(application: Application, issuer: string, secret: string): Map<Named, string> {
  const { id, client } = application;
  const redirect = client?.redirect_uris[0];
  const filled = (lines: string, authentication = "") => fill(lines, {
    authentication, issuer, secret, redirect_uri: redirect ?? "", redirect_path: redirect ? pathOf(redirect) : "/",
    client_id: id, host: redirect ? hostOf(redirect) : "", carillon: new URL(issuer).host,
  });
  const asking: [Named, string] = ["authzen", filled(authzen)];
  if (!client) return new Map([asking]);
  // openid-client refuses plain http unless it is told.
  const plain = issuer.startsWith("http:") ? "{ execute: [client.allowInsecureRequests] }" : "";
  if (client.public) {
    const options = `, undefined, client.None()${plain && `, ${plain}`}`;
    return new Map([["openid-client", filled(openidClient, options)], asking]);
  }
  return new Map([
    ["openid-client", filled(openidClient, `, "${secret}"${plain && `, undefined, ${plain}`}`)],
    ["authlib", filled(authlib, `client_secret="${secret}"`)],
    ["oauth2-proxy", filled(proxy, `client_secret = "${secret}"`)],
    ["nginx", filled(nginx)],
    ["traefik", filled(traefik)],
    ["caddy", filled(caddy)],
    asking,
  ]);
}

/** Puts values in the places that have their names. */
function fill(lines: string, values: Record<string, string>): string {
  return lines.replace(/\{([a-z_]+)\}/g, (place, name: string) => values[name] ?? place);
}

const pathOf = (uri: string) => (URL.canParse(uri) ? new URL(uri).pathname : "/");
const hostOf = (uri: string) => (URL.canParse(uri) ? new URL(uri).host : "");
