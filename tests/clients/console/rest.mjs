// A user's details with the reasons of a decision, and the pages that show what there is.

export async function detailsSayWhy(console) {
  const page = await console.operator();
  await console.users(page, "Sample Team");
  await page.getByRole("link", { name: "grace@example.com" }).click();
  await console.shown(page, "grace@example.com");
  await console.inspect(page, "user");
  await page.getByRole("button", { name: "Why?" }).click();
  const dialog = page.getByRole("dialog", { name: "May grace@example.com sign in?" });
  await dialog.getByText("Yes, they may sign in.").waitFor();
  await dialog.getByText("meetings.host").waitFor();
  await console.inspect(page, "user-why");
}

export async function everyPageIsReadable(console) {
  const page = await console.operator();
  const beside = page.getByRole("navigation", { name: "Pages of the console" });
  for (const [name, text] of [["Audit", "account.create"]]) {
    await console.users(page, console.demo.accounts.enterprise.name);
    await beside.getByRole("link", { name, exact: true }).first().click();
    await console.shown(page, name);
    await page.getByText(text).first().waitFor();
    await console.inspect(page, name.toLowerCase());
  }
  for (const [path, name] of [["/applications", "Applications"], ["/audit", "Audit"], ["/outbox", "Outbox"],
    ["/nowhere", "There is no such page"]]) {
    await page.goto(`${console.url}/console${path}`);
    await console.shown(page, name);
    await console.inspect(page, `deployment-${name.toLowerCase().replaceAll(" ", "-")}`);
  }
}

export async function whatHappenedToSomebodyIsOneClickAway(console) {
  const page = await console.operator();
  await console.users(page, "Sample Team");
  await page.getByRole("link", { name: "grace@example.com" }).click();
  await page.getByRole("link", { name: "What happened" }).click();
  await console.shown(page, "Audit");
  await page.getByText("Only what happened to one person is shown.").waitFor();
  await page.getByText("license.assign", { exact: true }).first().waitFor();
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByText("account.create").first().waitFor();
}
