"use client";
import { useState } from "react";
import { SelectField } from "@/components/field.tsx";
import { Panel } from "@/components/panel.tsx";
import { CLIENT_KINDS, clientKind } from "./client-kinds.ts";
import { ConnectProduct } from "./connect-product.tsx";

const PRODUCTS = CLIENT_KINDS.filter(({ kmip }) => kmip);

/** How a product that speaks KMIP is connected with this client's files; which one it is, the log does not say. */
export function ConnectPanel() {
  const [product, setProduct] = useState<string>("kmip");
  return (
    <Panel title="Connect a product (KMIP)" className="pb-4">
      <div className="space-y-4 px-4 pt-4">
        <SelectField
          label="It is"
          className="max-w-sm"
          options={PRODUCTS.map(({ value, title }) => [value, title])}
          value={product}
          onChange={(event) => setProduct(event.target.value)}
        />
        <ConnectProduct kind={clientKind(product)} />
      </div>
    </Panel>
  );
}
