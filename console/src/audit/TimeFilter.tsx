import { DateRangePicker, FormField, type DateRangePickerProps } from "@cloudscape-design/components";
import { Later } from "../shell/Later";
import { words } from "../texts/audit";

/** Stretches of time that end now. The page's address names them by length and unit, such as `7-day`. */
const stretches: DateRangePickerProps.RelativeOption[] = [
  { key: "hour", type: "relative", amount: 1, unit: "hour" },
  { key: "day", type: "relative", amount: 24, unit: "hour" },
  { key: "week", type: "relative", amount: 7, unit: "day" },
  { key: "month", type: "relative", amount: 30, unit: "day" },
];

/** When such a stretch began. */
export function beginOf(stretch: string, now: number): string | undefined {
  const option = stretches.find(({ amount, unit }) => `${amount}-${unit}` === stretch);
  if (!option) return undefined;
  const hours = option.amount * (option.unit === "day" ? 24 : 1);
  return new Date(now - hours * 3_600_000).toISOString();
}

/** What the page's address says of a choice. */
function wordsOf(value: DateRangePickerProps.Value | null) {
  if (value?.type === "relative") return { last: `${value.amount}-${value.unit}` };
  const moment = (text: string) => new Date(text).toISOString();
  return value ? { since: moment(value.startDate), until: moment(value.endDate) } : {};
}

/** Lately, or between two moments; in the viewer's zone. */
export function TimeFilter({ last, since, until, choose }: {
  last: string;
  since: string;
  until: string;
  choose: (words: { last: string; since: string; until: string }) => void;
}) {
  const option = stretches.find(({ amount, unit }) => `${amount}-${unit}` === last);
  const between = since && until ? { type: "absolute" as const, startDate: since, endDate: until } : null;
  return (
    <FormField label={words.time}>
      <Later>
        <DateRangePicker
          value={option ?? between}
          placeholder={words.anyTime}
          relativeOptions={stretches}
          isValidRange={(range) => ({
            valid: !range || range.type === "relative" || new Date(range.startDate) < new Date(range.endDate),
            errorMessage: words.range.invalid,
          })}
          i18nStrings={{
            formatRelativeRange: (range) => {
              const key = stretches.find(({ amount, unit }) => amount === range.amount && unit === range.unit)?.key;
              return words.range.last[key as keyof typeof words.range.last] ?? `${range.amount} ${range.unit}`;
            },
          }}
          onChange={({ detail: { value } }) => choose({ last: "", since: "", until: "", ...wordsOf(value) })}
        />
      </Later>
    </FormField>
  );
}
