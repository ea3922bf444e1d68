/** Where Regions are, as far as Route 53's latency, geolocation and geoproximity routing care. Places are city centres, in degrees. */

interface Place {
  readonly latitude: number;
  readonly longitude: number;
  /** ISO 3166-1. */
  readonly country: string;
  /** Route 53's continent codes. */
  readonly continent: string;
}

const place = (latitude: number, longitude: number, country: string, continent: string): Place => ({
  latitude,
  longitude,
  country,
  continent,
});

/** Region names say their city (AWS, "Regions and Availability Zones"). */
const PLACES: Readonly<Record<string, Place>> = {
  'us-east-1': place(38.9, -77.5, 'US', 'NA'),
  'us-east-2': place(40, -83, 'US', 'NA'),
  'us-west-1': place(37.4, -122, 'US', 'NA'),
  'us-west-2': place(45.8, -119.7, 'US', 'NA'),
  'ca-central-1': place(45.5, -73.6, 'CA', 'NA'),
  'ca-west-1': place(51, -114, 'CA', 'NA'),
  'mx-central-1': place(20.6, -100.4, 'MX', 'NA'),
  'sa-east-1': place(-23.5, -46.6, 'BR', 'SA'),
  'eu-west-1': place(53.3, -6.3, 'IE', 'EU'),
  'eu-west-2': place(51.5, -0.1, 'GB', 'EU'),
  'eu-west-3': place(48.9, 2.3, 'FR', 'EU'),
  'eu-central-1': place(50.1, 8.7, 'DE', 'EU'),
  'eu-central-2': place(47.4, 8.5, 'CH', 'EU'),
  'eu-north-1': place(59.3, 18, 'SE', 'EU'),
  'eu-south-1': place(45.5, 9.2, 'IT', 'EU'),
  'eu-south-2': place(41.6, -0.9, 'ES', 'EU'),
  'il-central-1': place(32.1, 34.8, 'IL', 'AS'),
  'me-south-1': place(26.2, 50.6, 'BH', 'AS'),
  'me-central-1': place(24.5, 54.4, 'AE', 'AS'),
  'af-south-1': place(-33.9, 18.4, 'ZA', 'AF'),
  'ap-south-1': place(19.1, 72.9, 'IN', 'AS'),
  'ap-south-2': place(17.4, 78.5, 'IN', 'AS'),
  'ap-east-1': place(22.3, 114.2, 'HK', 'AS'),
  'ap-southeast-1': place(1.35, 103.8, 'SG', 'AS'),
  'ap-southeast-2': place(-33.9, 151.2, 'AU', 'OC'),
  'ap-southeast-3': place(-6.2, 106.8, 'ID', 'AS'),
  'ap-southeast-4': place(-37.8, 145, 'AU', 'OC'),
  'ap-southeast-5': place(3.1, 101.7, 'MY', 'AS'),
  'ap-southeast-7': place(13.8, 100.5, 'TH', 'AS'),
  'ap-northeast-1': place(35.7, 139.7, 'JP', 'AS'),
  'ap-northeast-2': place(37.6, 127, 'KR', 'AS'),
  'ap-northeast-3': place(34.7, 135.5, 'JP', 'AS'),
};

/** A Region that is not in the table counts as being in Northern Virginia. */
const SOMEWHERE = place(38.9, -77.5, 'US', 'NA');

export const placeOf = (region: string): Place => PLACES[region] ?? SOMEWHERE;

const EARTH_KM = 6371;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres (haversine formula). Latency is taken to grow with it. */
export function distance(
  a: { readonly latitude: number; readonly longitude: number },
  b: { readonly latitude: number; readonly longitude: number },
): number {
  const north = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2;
  const east = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  const h = north + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * east;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}
