import { Button, ButtonDropdown, SpaceBetween } from "@cloudscape-design/components";
import { texts } from "../texts";
import { licenseOrigin, origin, status, words } from "../texts/users";
import { choices, filters, type Filter, type Filters } from "./filters";

const names: Record<Filter, Record<string, string>> = {
  status, license: texts.license, origin, license_origin: licenseOrigin,
};

/** What the list may be narrowed by: one choice of each sort. */
export function FilterMenu({ chosen, set }: { chosen: Filters; set: (filter: Filter, value?: string) => void }) {
  return (
    <ButtonDropdown
      items={filters.map((filter) => ({
        text: words.filterBy[filter],
        items: choices[filter].map((choice) => ({
          id: `${filter} ${choice}`,
          text: names[filter][choice] ?? choice,
          itemType: "checkbox" as const,
          checked: chosen[filter] === choice,
        })),
      }))}
      onItemClick={({ detail }) => {
        const [filter, choice] = detail.id.split(" ") as [Filter, string];
        set(filter, chosen[filter] === choice ? undefined : choice);
      }}
    >
      {words.filter}
    </ButtonDropdown>
  );
}

/** Each filter that is chosen; pressing it takes it away. */
export function ChosenFilters({ chosen, set }: { chosen: Filters; set: (filter: Filter) => void }) {
  const held = filters.flatMap((filter) => (chosen[filter] ? [[filter, chosen[filter]] as const] : []));
  const buttons = held.map(([filter, value]) => {
    const text = `${words.filterBy[filter]}: ${names[filter][value]}`;
    return (
      <Button
        key={filter}
        iconName="close"
        iconAlign="right"
        ariaLabel={words.without(text)}
        onClick={() => set(filter)}
      >
        {text}
      </Button>
    );
  });
  return <SpaceBetween direction="horizontal" size="xs">{buttons}</SpaceBetween>;
}
