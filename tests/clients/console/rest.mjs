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

export async function anAddressThatLeadsNowhereSaysSo(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/nowhere`);
  await console.shown(page, "There is no such page");
  await console.inspect(page, "nowhere");
}

export async function whatHappenedToSomebodyIsOneClickAway(console) {
  const page = await console.operator();
  await console.users(page, "Sample Team");
  await page.getByRole("link", { name: "grace@example.com" }).click();
  await page.getByRole("link", { name: "What happened" }).click();
  await console.shown(page, "Audit");
  await page.getByText("Only what happened to one person or thing is shown.").waitFor();
  await page.getByRole("button", { name: /^License assigned/ }).first().waitFor();
  await page.getByRole("button", { name: "Show everything" }).click();
  await page.getByRole("button", { name: /^Account created/ }).first().waitFor();
}
