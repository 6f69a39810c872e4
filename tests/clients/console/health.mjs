// How the server is doing.

export async function whetherTheServerTakesRequestsIsTold(console) {
  const page = await console.operator();
  await page.goto(`${console.url}/console/health`);
  await console.shown(page, "Health");
  await page.getByText("It takes requests").waitFor();
  await page.getByText("Figures are not told to the console").waitFor();
  await console.inspect(page, "health");
}
