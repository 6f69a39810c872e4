import { type Account, type Role, type User } from "../api/client";
import { texts } from "../texts";
import { reasons } from "../texts/users";

/** What can be done to the users that were selected. */
export const actions = ["license", "suspend", "activate", "remove", "logOut", "resend"] as const;

/** What can be done besides to one user. */
export const onlyToOne = ["resetPin", "resetSecondFactor"] as const;

export type Action = (typeof actions)[number] | (typeof onlyToOne)[number];

type Standing = Pick<User, "status" | "invitation">;

/** The invitation was not answered yet: the row of the list stands for it. */
export const isOpen = (user: Standing) => user.status === "Unregistered" &&
  (user.invitation === "Pending" || user.invitation === "Failed");

/** Whether a role may change users. */
export const mayManage = (role: Role | undefined) => role === "UserManagement" || role === "FullAccess";

/** Why a role may not. */
export const lacks = (role: Role | undefined) => (role ? reasons.needsRole(role) : reasons.noRole);

/** Whether the account's directory or provider decides who has which license. */
const hasSource = ({ type }: Account) => type === "EnterpriseDirectory" || type === "EnterpriseOIDC";

/** Why an action cannot be chosen: the role, the account's type, or who is selected. */
export function forbidden(
  action: Action,
  role: Role | undefined,
  account: Account | undefined,
  selected: ReadonlyMap<string, Standing>,
) {
  if (!mayManage(role)) return lacks(role);
  if (!account) return texts.loading;
  if (action === "suspend" && account.type === "Team") return reasons.teamSuspends;
  if (action === "license" && hasSource(account)) return reasons.byGroup;
  if (selected.size === 0) return reasons.noSelection;
  const some = (holds: (user: Standing) => boolean) => {
    for (const user of selected.values()) if (holds(user)) return true;
    return false;
  };
  if (action === "activate" && !some((user) => user.status === "Suspended")) return reasons.nobodySuspended;
  if (action === "resend" && !some(isOpen)) return reasons.nobodyInvited;
  const ofPeople = action === "resetPin" || action === "resetSecondFactor" || action === "logOut";
  if (ofPeople && !some((user) => !isOpen(user))) return reasons.onlyInvited;
  return undefined;
}
