/** The quotes of the shell in which something stands, where that is certain. */
export type Quote = '' | '"' | "'" | 'uncertain';

/** The quotes in which a text ends that begins within some. */
export function quoteAfter(text: string, outer: Quote): Quote {
  if (outer === '') return quoteAtEnd(text);
  const isInOthers = outer === 'uncertain' || (outer === '"' && /["`]|\$\(/.test(text)) || text.includes("'");
  return isInOthers ? 'uncertain' : outer;
}

function quoteAtEnd(text: string): Quote {
  let quote: Quote = '';
  for (let index = 0; index < text.length; index++) {
    const sign = text[index];
    if (sign === '\\' && quote !== "'") index++;
    else if (quote === '' && (sign === '"' || sign === "'")) quote = sign;
    else if (sign === quote) quote = '';
  }
  const isOdd = text.split("'").length % 2 === 0;
  const mayBeText = /<<|(^|\s)#/.test(text);
  return (isOdd && quote !== "'") || (quote === "'" && mayBeText) ? 'uncertain' : quote;
}
