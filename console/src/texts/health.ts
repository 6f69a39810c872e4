/** The words of the page about how the server is doing. */
export const words = {
  description: "Measured while this page is open; nothing of it is kept.",
  ready: "It takes requests",
  notReady: "It takes no requests now",
  state: "State",
  unmeasured: "Figures are not told to the console",
  unmeasuredHint: "This server has no figures for it. The setting metrics.listen gives them to a monitoring system.",
  now: "Now",
};
