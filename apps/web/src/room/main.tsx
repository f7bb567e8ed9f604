/** Starts the room. */
import "./theme.css";
import "./ui/ui.css";
import "./shell/shell.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { followAttendance } from "./client/attendance.ts";
import { makeQueryClient } from "./client/query-client.ts";
import { begin } from "./shell/begin.ts";

const place = document.getElementById("room");
if (place === null) throw new Error("expected an element #room in the page, received none; build the page again");
followAttendance();
const client = makeQueryClient();
begin(client, location.pathname);
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <App />
    </QueryClientProvider>
  </StrictMode>,
);
