/** What the reference's labels call "ignore". */
export const ignoreIndex = 250;
