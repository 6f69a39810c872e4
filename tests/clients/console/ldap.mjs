// A real directory that a test was given: where it answers, and how people and groups come into it (RFC 2849).
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

export class Ldap {
  kind = process.env.LDAP_KIND;
  url = process.env.LDAP_URL;
  secure = process.env.LDAP_SECURE;
  base = process.env.LDAP_BASE;
  ca = readFileSync(process.env.LDAP_CA, "utf8");
  password = "Passw0rd!";

  /// How an account that it began with is named.
  account(name) {
    return this.kind === "OpenLdap" ? `cn=${name},${this.base}` : `${name}@example.test`;
  }

  /// Where somebody is, or a group, whose names begin with a capital.
  dn(name) {
    if (this.kind !== "OpenLdap") return `CN=${name},CN=Users,${this.base}`;
    return /^[A-Z]/.test(name) ? `cn=${name},ou=groups,${this.base}` : `uid=${name},ou=people,${this.base}`;
  }

  person(name, mail = `${name}@corp.example`) {
    const who = this.kind === "OpenLdap" ? `objectClass: inetOrgPerson\nuid: ${name}\ncn: ${name}\nsn: ${name}` :
      `objectClass: user\nsAMAccountName: ${name}\nuserPrincipalName: ${name}@example.test\nuserAccountControl: 544`;
    this.change(`dn: ${this.dn(name)}\n${who}\ndisplayName: ${name} there\nmail: ${mail}\n`);
  }

  group(name, members) {
    const what = this.kind === "OpenLdap" ? "objectClass: groupOfNames" : `objectClass: group\nsAMAccountName: ${name}`;
    const list = members.map((member) => `member: ${this.dn(member)}\n`).join("");
    this.change(`dn: ${this.dn(name)}\n${what}\ncn: ${name}\n${list}`);
  }

  /// Somebody comes into a group (`add`), or leaves it (`delete`).
  member(how, group, name) {
    this.change(`dn: ${this.dn(group)}\nchangetype: modify\n${how}: member\nmember: ${this.dn(name)}\n-\n`);
  }

  change(ldif) {
    const done = spawnSync("ldapmodify", ["-x", "-a", "-H", this.url, "-w", this.password, "-D", this.account("admin")],
      { input: ldif, encoding: "utf8" });
    assert.equal(done.status, 0, `${done.stderr}\n${ldif}`);
  }
}
