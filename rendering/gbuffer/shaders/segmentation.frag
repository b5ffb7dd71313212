#version 330 core
// The triangle's number plus one, in the three bytes of a pixel; nothing is 0.
uniform vec3 color;
out vec4 frag_color;

void main()
{
    int number = gl_PrimitiveID + 1;
    frag_color = vec4(float(number & 255), float((number >> 8) & 255), float((number >> 16) & 255), 255.0) / 255.0;
}
