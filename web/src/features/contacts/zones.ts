/* The time where somebody is, as far as it is known: from a property of the contact, else from the country of a phone number. Only countries with one
 * time of day count, so that nobody is called at night by a guess. */
import type { Contact } from "../../api/types";

/** Calling code and time zone, for countries that have one time. */
const BY_CODE: Record<string, string> = Object.fromEntries(
  `20 Africa/Cairo|212 Africa/Casablanca|213 Africa/Algiers|216 Africa/Tunis|220 Africa/Banjul|221 Africa/Dakar|225 Africa/Abidjan|233 Africa/Accra|234 Africa/Lagos|237 Africa/Douala|249 Africa/Khartoum|250 Africa/Kigali|251 Africa/Addis_Ababa|254 Africa/Nairobi|255 Africa/Dar_es_Salaam|256 Africa/Kampala|258 Africa/Maputo|260 Africa/Lusaka|261 Indian/Antananarivo|263 Africa/Harare|264 Africa/Windhoek|265 Africa/Blantyre|267 Africa/Gaborone|27 Africa/Johannesburg|30 Europe/Athens|31 Europe/Amsterdam|32 Europe/Brussels|33 Europe/Paris|350 Europe/Gibraltar|352 Europe/Luxembourg|353 Europe/Dublin|354 Atlantic/Reykjavik|355 Europe/Tirane|356 Europe/Malta|357 Asia/Nicosia|358 Europe/Helsinki|359 Europe/Sofia|36 Europe/Budapest|370 Europe/Vilnius|371 Europe/Riga|372 Europe/Tallinn|373 Europe/Chisinau|374 Asia/Yerevan|375 Europe/Minsk|376 Europe/Andorra|377 Europe/Monaco|378 Europe/San_Marino|380 Europe/Kyiv|381 Europe/Belgrade|382 Europe/Podgorica|383 Europe/Belgrade|385 Europe/Zagreb|386 Europe/Ljubljana|387 Europe/Sarajevo|389 Europe/Skopje|39 Europe/Rome|40 Europe/Bucharest|41 Europe/Zurich|420 Europe/Prague|421 Europe/Bratislava|423 Europe/Vaduz|43 Europe/Vienna|44 Europe/London|45 Europe/Copenhagen|46 Europe/Stockholm|47 Europe/Oslo|48 Europe/Warsaw|49 Europe/Berlin|502 America/Guatemala|503 America/El_Salvador|504 America/Tegucigalpa|505 America/Managua|506 America/Costa_Rica|507 America/Panama|51 America/Lima|53 America/Havana|54 America/Argentina/Buenos_Aires|57 America/Bogota|58 America/Caracas|591 America/La_Paz|592 America/Guyana|595 America/Asuncion|598 America/Montevideo|60 Asia/Kuala_Lumpur|63 Asia/Manila|65 Asia/Singapore|66 Asia/Bangkok|673 Asia/Brunei|81 Asia/Tokyo|82 Asia/Seoul|84 Asia/Ho_Chi_Minh|852 Asia/Hong_Kong|853 Asia/Macau|855 Asia/Phnom_Penh|856 Asia/Vientiane|86 Asia/Shanghai|880 Asia/Dhaka|886 Asia/Taipei|90 Europe/Istanbul|91 Asia/Kolkata|92 Asia/Karachi|93 Asia/Kabul|94 Asia/Colombo|95 Asia/Yangon|960 Indian/Maldives|961 Asia/Beirut|962 Asia/Amman|963 Asia/Damascus|964 Asia/Baghdad|965 Asia/Kuwait|966 Asia/Riyadh|967 Asia/Aden|968 Asia/Muscat|971 Asia/Dubai|972 Asia/Jerusalem|973 Asia/Bahrain|974 Asia/Qatar|975 Asia/Thimphu|977 Asia/Kathmandu|98 Asia/Tehran|992 Asia/Dushanbe|993 Asia/Ashgabat|994 Asia/Baku|995 Asia/Tbilisi|996 Asia/Bishkek|998 Asia/Tashkent`
    .split("|")
    .map((pair) => pair.split(" ")),
);
const CODE_MAX = 3;

export function zoneOfPhone(phone: string): string | null {
  if (!phone.startsWith("+")) return null;
  for (let length = CODE_MAX; length > 0; length--) {
    const zone = BY_CODE[phone.slice(1, 1 + length)];
    if (zone) return zone;
  }
  return null;
}

const isZone = (value: unknown): value is string => {
  if (typeof value !== "string" || !value) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: value });
    return true;
  } catch {
    return false;
  }
};

export interface Place {
  zone: string;
  /** "Umeå": the contact's own city, else the zone's. */
  city: string;
}

export function placeOf(contact: Pick<Contact, "properties" | "identities">): Place | null {
  const { properties, identities } = contact;
  const given = [properties.time_zone, properties.timezone].find(isZone);
  const phone = identities.find((one) => one.type === "phone" && zoneOfPhone(one.value));
  const zone = given ?? (phone && zoneOfPhone(phone.value));
  if (!zone || !isZone(zone)) return null;
  const city = typeof properties.city === "string" && properties.city;
  return { zone, city: city || (zone.split("/").at(-1) ?? zone).replaceAll("_", " ") };
}
