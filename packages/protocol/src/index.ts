export { HoldfastError } from "./errors.ts";
