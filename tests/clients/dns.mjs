// A real DNS server (dnsmasq) of a flow, at the address of CARILLON_DNS_SERVERS, for records that are only known once the
// flow runs. It needs no rights.
import { spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

export class Dns {
  #address = process.env.CARILLON_DNS_SERVERS;
  #folder = mkdtempSync(join(tmpdir(), "dns-"));
  #process;
  #ended;

  constructor() {
    // Also when a flow failed.
    process.once("exit", () => {
      this.#process?.kill();
      rmSync(this.#folder, { recursive: true, force: true });
    });
  }

  /// From now on it has these TXT records under `example` and no others: values by names.
  async publish(records) {
    await this.end();
    const [host, port] = this.#address.split(":");
    const file = join(this.#folder, "dnsmasq.conf");
    const lines = Object.entries(records).map(([name, value]) => `txt-record=${name},"${value}"\n`);
    writeFileSync(file, `port=${port}\nlisten-address=${host}\nbind-interfaces\nno-resolv\nno-hosts\nlocal=/example/\n` +
      `user=\npid-file=\n${lines.join("")}`);
    this.#process = spawn("/usr/sbin/dnsmasq", ["--keep-in-foreground", `--conf-file=${file}`], { stdio: "ignore" });
    this.#ended = once(this.#process, "exit");
    await Promise.race([this.#ready(), this.#ended.then(([code]) => {
      if (code) throw new Error(`dnsmasq ended with ${code}`);
    })]);
  }

  /// Ends it.
  async end() {
    if (!this.#process) return;
    this.#process.kill();
    await this.#ended;
    this.#process = undefined;
  }

  /// Until it answers that it does not know a name; five seconds are far more than it takes.
  async #ready() {
    const resolver = new Resolver({ timeout: 100, tries: 1 });
    resolver.setServers([this.#address]);
    for (let left = 250; left > 0; left--) {
      const code = await resolver.resolveTxt("ready.example").catch((error) => error.code);
      if (code === "ENOTFOUND") return;
      await setTimeout(20);
    }
    throw new Error(`no DNS server answers at ${this.#address}`);
  }
}
