import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import type { ReactNode } from "react";
import messages from "../../generated/later.json";

/** Cloudscape's own words for parts that the first pages do without, so that those load faster. */
export function Later({ children }: { children: ReactNode }) {
  return <I18nProvider locale="en" messages={[messages as I18nProviderProps.Messages]}>{children}</I18nProvider>;
}
