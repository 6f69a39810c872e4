// A domain whose record has been missing for a week is given to the account that proves it.
import { domain, open, toDomain } from "./domain.mjs";

export async function anOperatorGivesItToWhoProvesIt(console) {
  await console.register(`ada@${domain}`);
  const page = await toDomain(console, "Rival");
  const dialog = await open(page, "Take over domain");
  await dialog.getByText("1 person with an address on the domain will join this account").waitFor();
  await dialog.getByText("For the present owner").waitFor();
  await dialog.getByText(`ada@${domain}: free user`).waitFor();
  await console.inspect(page, "domain-take-over");
  await console.confirm(page, dialog, "Take over", `${domain} belongs to this account now.`);
  await page.getByRole("button", { name: "Release domain" }).waitFor();
}
