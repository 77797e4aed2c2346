import { expect, it } from "vitest";
import { companyOf } from "./company";

it.each([
  ["amina@tindra.example", "Tindra"],
  ["a@mail.nordic-tents.no", "Nordic Tents"],
  ["a@shop.co.uk", "Shop"],
  ["amina@gmail.com", ""],
  ["amina@yahoo.co.uk", ""],
  ["amina@localhost", ""],
  ["amina", ""],
  ["amina@-.-", ""],
])("%s → %s", (email, company) => expect(companyOf(email)).toBe(company));
