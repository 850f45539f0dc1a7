export const apiDocs = {
  'api_docs.title': 'The panel’s API',
  'api_docs.lead': 'Everything a program can ask the panel.',
  'api_docs.document': 'OpenAPI 3.1 document',
  'api_docs.contents': 'Contents',
  'api_docs.for_everybody': 'Answers everybody.',
  'api_docs.for_role':
    'With a token or a session of the role {{role}}, or of one that may do more.',
  'api_docs.or_key': 'Also with a fal key in the body, without a token.',
  'api_docs.example': 'Example',
  'api_docs.parameters': 'Parameters',
  'api_docs.body': 'Body',
  'api_docs.answer': 'Answer',
  'api_docs.failures': 'Errors by code',
  'api_docs.required': 'required',
  'api_docs.usual': 'Default:',
  'api_docs.read': 'What a program can ask',
} as const;
