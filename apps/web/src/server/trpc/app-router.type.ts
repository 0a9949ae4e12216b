/** The one thing of the server that browser code may name, and only as a type. */
export type { AppRouter } from "./app-router.ts";
