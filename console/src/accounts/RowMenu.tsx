import { ButtonDropdown } from "@cloudscape-design/components";
import type { Account } from "../api/client";
import type { Roles } from "../api/roles";
import { words } from "../texts/accounts";

/** What can be done to an account. */
const deeds = ["edit", "remove", "restore"] as const;
export type Deed = (typeof deeds)[number];

/** The menu of an account in the list; what cannot be done says why. */
export function RowMenu({ account, roles, choose }: {
  account: Account;
  roles: Roles;
  choose: (deed: Deed, account: Account) => void;
}) {
  const operator = roles.denied("FullAccess", null);
  const denied = {
    edit: roles.denied("FullAccess", account.id) ?? (account.deleted ? words.isDeleted : undefined),
    remove: operator ?? (account.deleted ? words.isDeleted : undefined),
    restore: operator ?? (account.deleted ? undefined : words.notDeleted),
  };
  return (
    <ButtonDropdown
      variant="inline-icon"
      ariaLabel={words.more(account.name)}
      expandToViewport
      items={deeds.map((id) => ({
        id, text: words[id], disabled: denied[id] !== undefined, disabledReason: denied[id],
      }))}
      onItemClick={({ detail }) => choose(detail.id as Deed, account)}
    />
  );
}
