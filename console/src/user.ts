// Who a newcomer is signed in as: the test environment takes any user's word on a loopback address.
export const DEMO_USER = "demo-user";
