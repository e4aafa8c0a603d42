// Reads one JSON text per line from standard input and answers true or false for each: is it SOQL?
const { SOQLParser } = require("@salesforce/soql-common/lib/soql-parser");

const parser = SOQLParser({ isApex: false, isMultiCurrencyEnabled: true, apiVersion: 62 });
let slips = 0; // the lexer does not fail, it complains
console.error = () => { slips += 1; };

require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
  slips = 0;
  const result = parser.parseQuery(JSON.parse(line));
  console.log(JSON.stringify(result.getSuccess() && slips === 0));
});
