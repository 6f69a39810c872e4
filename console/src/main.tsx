import "../generated/global.css";
import "../generated/theme.css";
import { I18nProvider, type I18nProviderProps } from "@cloudscape-design/components/i18n";
import messages from "../generated/messages.json";
import { applyMode, Mode } from "@cloudscape-design/global-styles";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter } from "react-router";
import { Refused } from "./api/client";
import { App } from "./App";
import { base } from "./place";
import { Notices } from "./shell/Notices";

const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () => applyMode(dark.matches ? Mode.Dark : Mode.Light);
dark.addEventListener("change", follow);
follow();

const queries = new QueryClient({
  // What was refused stays refused; only what went unanswered is asked again.
  defaultOptions: { queries: { retry: (count, error) => count < 2 && !(error instanceof Refused), staleTime: 5_000 } },
});

const place = document.getElementById("root");
if (!place) throw new Error("the page has no place for the console");
createRoot(place).render(
  <StrictMode>
    <I18nProvider locale="en" messages={[messages as I18nProviderProps.Messages]}>
      <QueryClientProvider client={queries}>
        <BrowserRouter basename={base}>
          <Notices>
            <App />
          </Notices>
        </BrowserRouter>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
);
