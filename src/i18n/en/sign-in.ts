export const signIn = {
  'sign_in.title': 'Sign in',
  'sign_in.heading': 'Sign in to the panel',
  'sign_in.email': 'E-mail address',
  'sign_in.password': 'Password',
  'sign_in.submit': 'Sign in',
  'sign_in.or': 'or',
  'sign_in.oidc': 'Sign in with {{name}}',
  'sign_in.forgot':
    'Forgot your password, or have none yet? Ask whoever runs the panel for a link.',

  'sign_in.code_title': 'Second step',
  'sign_in.code_heading': 'Enter your code',
  'sign_in.code_lead': 'It is in the authenticator app on your phone. You have 5 minutes.',
  'sign_in.code': 'Code',
  'sign_in.code_hint': 'It has 6 digits. No phone at hand? Enter one of your recovery codes here.',
  'sign_in.code_submit': 'Continue',
  'sign_in.code_start_again': 'Start over',

  'sign_in.refused.what': 'The e-mail address or the password is wrong',
  'sign_in.refused.now':
    'Check both and try again. If you do not remember your password, ask whoever runs the panel for a new link.',
  'sign_in.rate_limited.what': 'Too many attempts',
  'sign_in.rate_limited.means':
    'For safety no more are accepted for a while, not even correct ones.',
  'sign_in.rate_limited.now_one': 'Wait {{formatted}} minute and try again.',
  'sign_in.rate_limited.now_other': 'Wait {{formatted}} minutes and try again.',
  'sign_in.wrong_code.what': 'That code is wrong',
  'sign_in.wrong_code.now':
    'Enter the one your app shows now. If it never matches, check that your phone sets its time by itself.',
  'sign_in.used_code.what': 'That code has been used already',
  'sign_in.used_code.now': 'Wait until your app shows another and enter that one.',
  'sign_in.over.what': 'You have to start over',
  'sign_in.over.now':
    'The second step took too long or had too many wrong codes. Enter your password again and then a new code.',
  'sign_in.signed_out.what': 'You are signed out',
  'sign_in.signed_out.now': 'On a shared computer, close this window too.',
  'sign_in.signed_out_everywhere.what': 'You are signed out everywhere',
  'sign_in.signed_out_everywhere.now': 'To carry on, sign in again.',
  'sign_in.oidc_not_invited.what': 'That account has no access to this panel',
  'sign_in.oidc_not_invited.now':
    'Ask whoever runs the panel to invite you by that same e-mail address, or to give you access again.',
  'sign_in.oidc_unverified.what': 'We do not know whether that e-mail address is yours',
  'sign_in.oidc_unverified.now':
    'The provider does not vouch for it. Verify it there and try again, or sign in with your password.',
  'sign_in.oidc_cancelled.what': 'You did not finish signing in at the provider',
  'sign_in.oidc_cancelled.now': 'Try again, or sign in with your password.',
  'sign_in.oidc_expired.what': 'Signing in at the provider took too long',
  'sign_in.oidc_expired.now':
    'It happens after 5 minutes, or when it began in another browser. Try again from here.',
  'sign_in.oidc_unavailable.what': 'We could not find out from the provider who you are',
  'sign_in.oidc_unavailable.now':
    'Try again in a few minutes, or sign in with your password. If it goes on, tell whoever runs the panel.',

  'field.label.email': 'E-mail address',
  'field.label.password': 'Password',
  'field.label.code': 'Code',
  'field.email.missing': 'Enter your e-mail address.',
  'field.password.missing': 'Enter your password.',
  'field.code.missing': 'Enter the code.',
  'field.code.unusable': 'A code has 6 digits; a recovery code has 10 letters and digits.',
} as const;
