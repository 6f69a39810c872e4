import { useQuery } from "@tanstack/react-query";
import { texts } from "../texts";
import { answer, api, type Role, type Schemas } from "./client";

const order: Role[] = ["ReadOnly", "UserManagement", "FullAccess"];

/** What whoever is signed in administers. */
export class Roles {
  constructor(private readonly grants: Schemas["Grant"][]) {}

  /** They administer nothing. */
  get none(): boolean {
    return this.grants.length === 0;
  }

  /** The most that they hold over an account, or over the deployment. */
  over(account: string | null): Role | undefined {
    const held = this.grants.filter((grant) => !grant.account || grant.account === account).map((grant) => grant.role);
    return order.findLast((role) => held.includes(role));
  }

  /** Whether that is this role or more. */
  allow(role: Role, account: string | null): boolean {
    const held = this.over(account);
    return held !== undefined && order.indexOf(held) >= order.indexOf(role);
  }

  /** Why something that needs this role over an account, or over the deployment, cannot be done; nothing if it can. */
  denied(role: Role, account: string | null): string | undefined {
    if (this.allow(role, account)) return undefined;
    return texts.denied(role, this.over(account), account === null);
  }
}

/** The roles of whoever is signed in; none as long as they are not known. */
export function useRoles() {
  const asked = useQuery({
    queryKey: ["roles"],
    queryFn: async () => new Roles((await answer(api.GET("/api/v1/me/roles"))).grants),
    structuralSharing: false,
  });
  return { ...asked, roles: asked.data ?? new Roles([]) };
}
