import * as tf from '@tensorflow/tfjs-core'; import '@tensorflow/tfjs-layers'; import '@tensorflow/tfjs-backend-cpu';
import { jit } from './dist/index.js'; import * as o from '../ops/dist/index.js'; import * as p from '../optim/dist/index.js';
await tf.setBackend('cpu');
const noise=(shape,seed,lo=-1,hi=1)=>tf.randomUniform(shape,lo,hi,'float32',seed);
const cmp=async(name,fn,inputs)=>{ // weighted gradient wrt all inputs
  const f=(ins)=>{const y=fn(...ins);const w=tf.add(tf.sin(tf.reshape(tf.range(0,y.size),y.shape)),0.1);const g=tf.grads((...a)=>tf.sum(tf.mul(fn(...a),w)))(ins);return {y,g}};
  try{ const e=tf.tidy(()=>f(inputs)); const j=jit((i)=>f(i.ins),{name}); const r=await j({ins:inputs}); 
   const rel=(a,b)=>{const x=a.dataSync(),y=b.dataSync();let d=0,s=0;x.forEach((v,i)=>{d+=(v-y[i])**2;s+=v*v});return Math.sqrt(d/(s||1)).toExponential(1)};
   console.log(name.padEnd(28),j.engine,rel(e.y,r.y),e.g.map((g,i)=>rel(g,r.g[i])).join(' '));j.dispose()}catch(err){console.log(name,'FAIL',err.message.slice(0,300))}
};
const X=noise([2,9,12,4],1);
for(const [k,s,q,d] of [[3,1,1,1],[3,2,1,1],[1,1,0,1],[1,2,0,1],[7,2,3,1],[3,1,2,2],[3,1,0,1],[3,1,4,4]]) await cmp(`conv k${k}s${s}p${q}d${d}`,(x,w)=>o.conv2d(x,w,{strides:s,padding:q,dilation:d}),[X,noise([k,k,4,5],2)]);
await cmp('reflectPad',x=>o.reflectPad(x),[X]);
await cmp('resize half',x=>o.resizeBilinear(x,[20,17]),[X]);
await cmp('resize half down',x=>o.resizeBilinear(x,[5,6]),[X]);
await cmp('resize corners',x=>o.resizeBilinear(x,[20,17],{alignCorners:true}),[X]);
await cmp('nearest2x',x=>o.upsampleNearest2x(x),[X]);
await cmp('avg3',x=>o.averagePool3x3(x),[X]);
await cmp('max3',x=>o.maxPool3x3Stride2(x),[X]);
const [m,v,g,b]=[noise([4],3),noise([4],4,.5,1.5),noise([4],5),noise([4],6)];
await cmp('batchNorm',(x,m,v,g,b)=>o.batchNorm(x,{mean:m,variance:v,gamma:g,beta:b}),[X,m,v,g,b]);
await cmp('batchNormTraining',(x,g,b)=>o.batchNormTraining(x,g,b).output,[X,g,b]);
await cmp('bn stats',(x,g,b)=>tf.add(o.batchNormTraining(x,g,b).mean,o.batchNormTraining(x,g,b).variance),[X,g,b].slice(0,1).concat([]).length?[X]:[]).catch(()=>{});
await cmp('gridSample',(i,x,y)=>o.gridSample(i,x,y),[X,noise([2,5,7],7,-2,13),noise([2,5,7],8,-2,10)]);
await cmp('diff1',x=>o.forwardDifference(x,1),[X]);await cmp('diff2',x=>o.forwardDifference(x,2),[X]);
await cmp('disp',x=>o.disparityToDepth(x),[noise([2,4,5,1],1,0.01,1)]);
for(const invert of [false,true]) await cmp('pose '+invert,(a,t)=>o.poseMatrix(a,t,{invert}),[noise([3,3],1),noise([3,3],2)]);
const K=tf.tensor3d([[[20,0,6],[0,21,4.5],[0,0,1]],[[20,0,6],[0,21,4.5],[0,0,1]]]),iK=tf.tensor3d([0,1].map(()=>[[1/20,0,-6/20],[0,1/21,-4.5/21],[0,0,1]]));
await cmp('warp',(d,a,t)=>{const {x,y}=o.projectPixels(d,{intrinsics:K,inverseIntrinsics:iK,pose:o.poseMatrix(a,t,{invert:true})});return o.gridSample(X,x,y)},[noise([2,9,12],1,2,5),noise([2,3],1,-.1,.1),noise([2,3],2,-.2,.2)]);
// nan
{const j=jit(({i,x,y})=>o.gridSample(i,x,y));const r=await j({i:X,x:tf.fill([2,1,1],NaN),y:tf.fill([2,1,1],1e30)});console.log('nan',Array.from(r.dataSync()));}
// optim: two jitted training runs vs eager
for(const make of [(n,g)=>p.sgd(g,{momentum:.9,weightDecay:.01}),(n,g)=>p.adam(g)]) {
 const run=async(engine)=>{const n=Math.random().toString(36).slice(2);const w=tf.variable(noise([3,3,4,2],9),true,n+'w'),bb=tf.variable(tf.zeros([2]),true,n+'b'),t=tf.variable(tf.zeros([2]),false,n+'t');
  const opt=make(n,[{name:'a',variables:[w]},{name:'b',variables:[bb]}]);
  const step=jit(({x,lr,decay})=>{const {losses,grads}=p.valueAndGradients([w,bb],()=>({one:tf.mean(tf.square(tf.add(o.conv2d(x,w),bb))),two:tf.mul(.1,tf.sum(tf.square(w)))}));opt.apply(p.clipByGlobalNorm(grads,.5),{a:lr,b:tf.mul(lr,.1)});p.followByAverage([t],[bb],decay);return losses},{engine});
  const l=[];for(let i=0;i<5;i++){const r=await step({x:X,lr:tf.scalar(.1),decay:tf.scalar(p.emaDecay(i+1))});l.push(...[r.one,r.two,r.total].map(q=>q.dataSync()[0].toFixed(6)))}
  return [l.join(' '),w.dataSync().slice(0,3).join(' '),t.dataSync().join(' '),opt.state.map(s=>s.dataSync()[0]).join(' ')].join('\n')};
 try{console.log(await run('eager'));console.log(await run('onnx'));}catch(e){console.log('optim FAIL',e.stack.slice(0,600))}
}
