import { FormField, Select } from "@cloudscape-design/components";

/** How long an old secret works beside the one that replaces it, in seconds. */
export function Overlap({ value, change, words }: {
  value: string;
  change: (value: string) => void;
  words: { overlap: string; overlaps: readonly (readonly [string, string])[] };
}) {
  const options = words.overlaps.map(([value, label]) => ({ value, label }));
  return (
    <FormField label={words.overlap}>
      <Select
        options={options}
        selectedOption={options.find((option) => option.value === value) ?? null}
        onChange={({ detail }) => change(detail.selectedOption.value ?? value)}
      />
    </FormField>
  );
}
