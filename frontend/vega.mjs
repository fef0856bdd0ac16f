// What charts.js needs of Vega, in one file. The interpreter stands in for eval, which the pages' security policy forbids.
export { Error, View, logger, parse } from "vega";
export { compile } from "vega-lite";
export { expressionInterpreter } from "vega-interpreter";
