import { DeliveryError } from '../../src/deliveries/delivery-error.ts';

/** What a sending that must fail ended with. @throws where it did not, or with something else. */
export async function failure(sending: Promise<unknown>): Promise<DeliveryError> {
  const error = await sending.then(
    () => new Error('it was sent'),
    (reason) => reason,
  );
  if (error instanceof DeliveryError) return error;
  throw error;
}
