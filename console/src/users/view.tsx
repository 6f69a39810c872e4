import { ButtonDropdown, type TableProps } from "@cloudscape-design/components";
import { useState } from "react";
import type { User } from "../api/client";
import { Go, Time } from "../shell/parts";
import { texts } from "../texts";
import { licenseOrigin, origin, words } from "../texts/users";
import { Status } from "./Status";

type Column = TableProps.ColumnDefinition<User> & { id: string; header: string };

/** Every column that the list may have; who it is stays. */
const columns: Column[] = [
  { id: "address", header: words.address, isRowHeader: true,
    cell: (user) => <Go to={`/accounts/${user.account}/users/${user.id}`}>{user.address}</Go> },
  { id: "name", header: words.name, cell: (user) => user.name ?? "-" },
  { id: "status", header: words.status, cell: (user) => <Status user={user} /> },
  { id: "license", header: words.license, cell: (user) => texts.license[user.license] },
  { id: "license_origin", header: words.licenseOrigin,
    cell: (user) => (user.license_origin ? licenseOrigin[user.license_origin] : "-") },
  { id: "origin", header: words.origin, cell: (user) => (user.origin ? origin[user.origin] : "-") },
  { id: "registered", header: words.registered, cell: (user) => <Time at={user.registered} /> },
  { id: "invited", header: words.invited, cell: (user) => <Time at={user.invited} /> },
];
const sizes = [20, 50, 100, 200];

/** How somebody likes the list: kept in this browser. */
interface View {
  hidden: string[];
  size: number;
}

const place = "carillon.users.view";
const usual: View = { hidden: ["license_origin", "origin"], size: 20 };

function kept(): View {
  try {
    const { hidden, size } = JSON.parse(localStorage.getItem(place) ?? "") as Partial<View>;
    return {
      hidden: Array.isArray(hidden) ? hidden : usual.hidden,
      size: size !== undefined && sizes.includes(size) ? size : usual.size,
    };
  } catch {
    return usual;
  }
}

/** The columns that are shown, how many users a page has, and the menu that changes both. */
export function useView() {
  const [view, setView] = useState(kept);
  const change = (next: View) => {
    setView(next);
    try {
      localStorage.setItem(place, JSON.stringify(next));
    } catch {
      // A browser that keeps nothing shows the list as it is now until the page is loaded again.
    }
  };
  const shown = (id: string) => !view.hidden.includes(id);
  const choose = (id: string) => {
    const [what = "", which = ""] = id.split(" ");
    if (what === "size") return change({ ...view, size: Number(which) });
    const hidden = shown(which) ? [...view.hidden, which] : view.hidden.filter((one) => one !== which);
    change({ ...view, hidden });
  };
  const menu = (
    <ButtonDropdown
      items={[
        { text: words.columns, items: columns.slice(1).map(({ id, header }) => ({
          id: `column ${id}`, text: header, itemType: "checkbox" as const, checked: shown(id),
        })) },
        { text: words.perPage, items: sizes.map((size) => ({
          id: `size ${size}`, text: String(size), itemType: "checkbox" as const, checked: size === view.size,
        })) },
      ]}
      onItemClick={({ detail }) => choose(detail.id)}
    >
      {words.view}
    </ButtonDropdown>
  );
  return { columns: columns.filter(({ id }) => shown(id)), size: view.size, menu };
}
