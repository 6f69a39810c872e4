import { FormField, RadioGroup } from "@cloudscape-design/components";
import type { Role } from "../api/client";
import { words } from "../texts/administrators";

const roles: Role[] = ["ReadOnly", "UserManagement", "FullAccess"];

/** One of the roles, each with what it allows. */
export function RoleChoice({ label, description, role, choose }: {
  label: string;
  description?: string;
  role: Role;
  choose: (role: Role) => void;
}) {
  return (
    <FormField label={label} description={description}>
      <RadioGroup
        value={role}
        items={roles.map((role) => ({ value: role, label: role, description: words.means[role] }))}
        onChange={({ detail }) => choose(roles.find((role) => role === detail.value) ?? role)}
      />
    </FormField>
  );
}
