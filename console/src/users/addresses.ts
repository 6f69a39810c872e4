/** What an invitation's box holds, as far as can be told while it is typed; the server decides. */
export function readAddresses(text: string): { found: string[]; wrong: string[] } {
  // `Name <address>` first: the name may have spaces.
  const found: string[] = [];
  const rest = text.replace(/[^;,<>\n]*<([^<>]*)>/g, (_, address: string) => {
    found.push(address.trim());
    return " ";
  });
  found.push(...rest.split(/[;,\s]+/).filter(Boolean));
  return { found, wrong: found.filter((one) => !/^[^@\s]+@[^@\s]+\.[^@\s.]+$/.test(one)) };
}
