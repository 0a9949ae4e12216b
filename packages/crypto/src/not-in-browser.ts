import { CryptoError } from "./errors.ts";

// The package's "browser" and "react-server" conditions resolve here, so that a bundle that reaches for keys fails to load.
throw new CryptoError("E_CRYPTO_USAGE", "@holdfast/crypto holds keys and runs in the agent only.");
