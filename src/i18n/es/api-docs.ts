export const apiDocs = {
  'api_docs.title': 'API del panel',
  'api_docs.lead':
    'Todo lo que un programa puede preguntarle al panel. Las descripciones están en inglés, como el documento del que salen.',
  'api_docs.document': 'Documento OpenAPI 3.1',
  'api_docs.contents': 'Contenido',
  'api_docs.for_everybody': 'Responde a cualquiera.',
  'api_docs.for_role': 'Con un token o una sesión del rol {{role}} o de uno con más permisos.',
  'api_docs.or_key': 'También con una clave de fal en el cuerpo, sin token.',
  'api_docs.example': 'Ejemplo',
  'api_docs.parameters': 'Parámetros',
  'api_docs.body': 'Cuerpo',
  'api_docs.answer': 'Respuesta',
  'api_docs.failures': 'Errores por código',
  'api_docs.required': 'obligatorio',
  'api_docs.usual': 'Si falta:',
  'api_docs.read': 'Qué puede preguntar un programa',
} as const;
